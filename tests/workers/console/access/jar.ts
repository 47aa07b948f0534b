/** A browser's part that matters to signing in: follows redirects and keeps cookies, by origin. */
export class Jar {
  private readonly cookies = new Map<string, Map<string, string>>();

  /** @returns the first answer that is no redirect, and where it is from. */
  async open(
    url: string,
    form?: Readonly<Record<string, string>>,
  ): Promise<{ url: string; response: Response; text: string }> {
    let at = url;
    let body = form && new URLSearchParams(form);
    for (let hop = 0; hop < 20; hop++) {
      const { origin } = new URL(at);
      const response = await fetch(at, {
        method: body ? "POST" : "GET",
        redirect: "manual",
        headers: { cookie: this.header(origin), accept: "text/html", ...(body && { origin }) },
        ...(body && { body }),
      });
      this.keep(origin, response.headers.getSetCookie());
      const to = response.headers.get("location");
      const text = await response.text();
      if (to === null) return { url: at, response, text };
      at = new URL(to, at).href;
      body = undefined;
    }
    throw new Error(`too many redirects, the last to ${at}`);
  }

  header(origin: string): string {
    return [...(this.cookies.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  set(origin: string, name: string, value: string): void {
    const own = this.cookies.get(origin) ?? new Map<string, string>();
    this.cookies.set(origin, own.set(name, value));
  }

  private keep(origin: string, lines: readonly string[]): void {
    for (const line of lines) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || /max-age=0/i.test(line)) this.cookies.get(origin)?.delete(name);
      else this.set(origin, name, value);
    }
  }
}
