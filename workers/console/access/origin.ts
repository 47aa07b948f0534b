/** Whether a browser says that another site caused the request; programs and old browsers say nothing. */
export function fromElsewhere(secFetchSite: string | string[] | undefined): boolean {
  return secFetchSite !== undefined && secFetchSite !== "same-origin" && secFetchSite !== "none";
}

export interface Asked {
  readonly secFetchSite: string | undefined;
  readonly origin: string | undefined;
  readonly host: string | undefined;
}

/**
 * Why a change must be refused as another site may have caused it, pure. `Sec-Fetch-Site` decides where it is sent:
 * the origin of a form is `null` under our own no-referrer policy. What comes with no sign of a browser passes only
 * when nothing comes along by itself (`ambient`: a cookie, or a proxy's header).
 * @param url as browsers see the console; undefined: the loopback name that it was asked under
 */
export function forgery(asked: Asked, url: string | undefined, ambient: boolean): string | undefined {
  const { secFetchSite, origin, host } = asked;
  if (secFetchSite !== undefined)
    return secFetchSite === "same-origin" ? undefined : `it was caused by another site (${secFetchSite})`;
  if (origin !== undefined) {
    const own = [
      ...(url === undefined ? [] : [new URL(url).origin]),
      ...(host === undefined ? [] : [`http://${host}`]),
    ];
    return own.includes(origin) ? undefined : `its origin is '${origin}'`;
  }
  return ambient ? "it names no origin" : undefined;
}

const LOOPBACK_NAME = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/**
 * Whether the console answers to this Host header: its own URL's, or this machine's. Any other name that leads here
 * was put there by somebody else, to have a browser read us as theirs (DNS rebinding).
 */
export function isOwnHost(host: string | undefined, url: string | undefined): boolean {
  if (host === undefined) return false;
  return LOOPBACK_NAME.test(host) || (url !== undefined && new URL(url).host === host.toLowerCase());
}
