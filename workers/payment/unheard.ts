/**
 * A call went out and no answer came back: nobody knows whether it took effect, until the key is asked again.
 * Has a connection error's `code`, by which the runtime takes it for what it may be, an outage's: it counts
 * for the breaker, and makes no dead letter unless other records succeed meanwhile.
 */
export class Unheard extends Error {
  override name = "Unheard";
  readonly code: "ETIMEDOUT" | "ECONNABORTED";

  constructor(code: "ETIMEDOUT" | "ECONNABORTED", message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
