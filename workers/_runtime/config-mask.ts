const MASK = "********";

/** `value` as it may be shown: a whole secret not at all, a URL without its password. */
export function maskValue(value: string, secret: "whole" | "url" | undefined): string {
  if (secret === "whole") return MASK;
  return secret === "url" ? maskUrl(value) : value;
}

/**
 * By pattern, not by a URL parser: a password with a raw `/` or `@` makes a URL that parses as something else
 * or not at all, and just that one gets printed in the error. Everything before the last `@` is user info.
 */
export function maskUrl(value: string): string {
  return value
    .replace(/^([a-z][a-z\d+.-]*:\/\/)?(.*)@/is, (_, scheme: string | undefined, userInfo: string) => {
      const colon = userInfo.indexOf(":");
      return `${scheme ?? ""}${colon === -1 ? MASK : `${userInfo.slice(0, colon)}:${MASK}`}@`;
    })
    .replace(/([?&][^=&#]*(?:pass|secret|token|key)[^=&#]*=)[^&#]*/gi, `$1${MASK}`);
}
