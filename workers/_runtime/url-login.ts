/** A URL with what logs in taken out of it. */
export interface WithoutLogin {
  readonly url: string;
  /** Value of the header `authorization`; undefined: the URL held no login. */
  readonly authorization: string | undefined;
}

/**
 * Takes user and password out of a URL: they travel as basic authentication. `fetch` refuses a URL that holds them,
 * and quotes it, password and all, in the error that ends up in the log.
 * @throws {TypeError} when it is no URL; the message doesn't quote it
 */
export function takeLogin(url: string): WithoutLogin {
  if (!URL.canParse(url)) throw new TypeError("Cannot take the login out of what is no URL");
  const { username, password } = new URL(url);
  if (username === "" && password === "") return { url, authorization: undefined };
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  return { url: bare.href, authorization: basic(decoded(username), decoded(password)) };
}

/** Value of the header `authorization`. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** A password with a raw `%` is one, too. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
