const MASK = "********";

/** `value` as it may be shown: a secret not at all, a URL without its password, whatever setting it stands in. */
export function maskValue(
  value: string,
  setting: {
    readonly secret?: "whole" | "url";
    readonly kind: { readonly mask?: (text: string) => string };
  },
): string {
  if (setting.secret === "whole") return MASK;
  return setting.kind.mask?.(value) ?? value;
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
