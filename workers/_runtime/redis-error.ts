import { Unavailable } from "./errors.ts";

/** Server replies that mean "not now, for nobody", not "not this command". */
const OUTAGES = [
  "LOADING",
  "BUSY",
  "READONLY",
  "MASTERDOWN",
  "OOM",
  "MISCONF",
  "CLUSTERDOWN",
  "TRYAGAIN",
  "NOREPLICAS",
  "NOAUTH",
  "WRONGPASS",
  "NOPERM",
  "UNKILLABLE",
];
// A script that runs into one reports it in the middle of its own message.
const OUTAGE = new RegExp(`(^|[ -])(${OUTAGES.join("|")})\\b`);

/**
 * What a failed call means to a worker. A reply of the server that blames the command (`ERR`, `WRONGTYPE`) is
 * ours to fix and comes back as it is; everything else, from a refused connection to a full memory, is down for
 * everyone.
 * @param place - its address, without a password
 */
export function redisError(error: unknown, place: string): Error {
  if (error instanceof Unavailable) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  if (cause.name === "ReplyError" && !OUTAGE.test(cause.message)) return cause;
  const code = "code" in cause && typeof cause.code === "string" ? ` (${cause.code})` : "";
  return new Unavailable("redis", `Cannot reach Redis at ${place}: ${cause.message}${code}`, { cause });
}
