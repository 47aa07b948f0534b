/** A cookie's value; the first of its name. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at !== -1 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

export interface CookieOptions {
  readonly secure: boolean;
  /** Seconds; 0 deletes it. */
  readonly maxAge: number;
}

/**
 * Lax, not Strict: coming back from the issuer is a navigation that another site began. What changes anything is
 * guarded by its origin and by a form token beside it.
 */
export function setCookie(name: string, value: string, { secure, maxAge }: CookieOptions): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${secure ? "; Secure" : ""}`;
}

/** With Secure the browser itself sees to it that no other host or path set it. */
export function cookieName(name: string, secure: boolean): string {
  return secure ? `__Host-boxoffice-${name}` : `boxoffice-${name}`;
}
