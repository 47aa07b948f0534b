/**
 * kafkajs takes all before an address's first colon for the host, so `[::1]:9092` would be host `[` without a port.
 * It is given the address with other marks inside the brackets, and the socket gets the colons back.
 */
const MARK = "_";

/** `host:port` as kafkajs can split it. */
export function splittable(address: string): string {
  return address.replace(/^\[.*\]/, (literal) => literal.replaceAll(":", MARK));
}

/** The host to connect to: of `splittable()` addresses, and of those that brokers announce, as it is. */
export function hostOf(host: string): string {
  return host.startsWith("[") ? host.slice(1, -1).replaceAll(MARK, ":") : host;
}
