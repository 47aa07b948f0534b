/** Why a desk refuses; the same over HTTP (`code` becomes the problem's type) and in the commands' exit codes. */
export type RefusalCode =
  | "no-such-letter"
  | "no-such-plan"
  | "no-such-job"
  | "not-open"
  | "not-running"
  | "not-agreed"
  | "invalid-edit"
  | "invalid-filter";

/** The desk understood, and the answer is no. The message is a whole sentence for people. */
export class Refused extends Error {
  override name = "Refused";
  readonly code: RefusalCode;
  /** Where it helps to go on: groups to agree to, the path in an edit. */
  readonly details: readonly string[];
  constructor(code: RefusalCode, message: string, details: readonly string[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** A console wants to know who asks, or doesn't let that one do it. */
export class NotAllowed extends Error {
  override name = "NotAllowed";
}
