import { Permanent, Unavailable } from "../_runtime/mod.ts";

/** What nodemailer tells of a failed send beside the message, which may quote an address and is never kept. */
interface SmtpError {
  /** nodemailer's class of failure, e.g. `EENVELOPE`. */
  readonly code?: unknown;
  /** The system's, e.g. `ECONNREFUSED`. */
  readonly originalCode?: unknown;
  readonly responseCode?: unknown;
  readonly response?: unknown;
  /** The SMTP command that was answered, or `CONN`, `API`. */
  readonly command?: unknown;
}

/**
 * What a failed send means. Whatever concerns the server or our account with it is `Unavailable`: connection,
 * greeting, TLS, login, the sender being refused, and 421 at any point. What concerns this one recipient or
 * message (the answers to RCPT TO and DATA) is transient for 4xx, greylisting for example, and `Permanent` for
 * 5xx. The error made carries codes only, never the server's text: that quotes addresses.
 */
export function failureOf(error: unknown): Error {
  const { code, command, responseCode, response, originalCode }: SmtpError =
    typeof error === "object" && error !== null ? error : {};
  if (code === "EABORT") return new Error("Sending was given up: its time was over");
  const status = typeof responseCode === "number" ? statusOf(responseCode, response) : undefined;
  if (status !== undefined && responseCode !== 421 && (command === "RCPT TO" || command === "DATA")) {
    const subject = command === "RCPT TO" ? "recipient" : "message";
    const message = `SMTP server refused the ${subject}: ${status}`;
    return status >= "5" ? new Permanent(message) : new Error(message);
  }
  if (command === "MAIL FROM") return senderFailure(status);
  if ((code === "EENVELOPE" || code === "EMESSAGE") && status === undefined)
    return new Permanent("Cannot send as the recipient's address is not one that SMTP can carry");
  const known = [code, originalCode].filter((part) => typeof part === "string").join(" ");
  return new Unavailable(
    "smtp",
    `SMTP server is not available${command ? ` at ${command}` : ""}: ${status ?? (known || "no code given")}`,
  );
}

/** 552, or our own check of the size that the server announced (no status): this message is too large. */
function senderFailure(status: string | undefined): Error {
  if (status === undefined || status.startsWith("552"))
    return new Permanent(`SMTP server takes no message of this size: ${status ?? "SIZE"}`);
  return new Unavailable("smtp", `SMTP server refused the sender (SMTP_FROM): ${status}`);
}

/** `550 5.1.1`: the reply code and, when there is one, the enhanced status code. */
function statusOf(responseCode: number, response: unknown): string {
  const enhanced = typeof response === "string" ? /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response) : null;
  return enhanced ? `${responseCode} ${enhanced[1]}` : String(responseCode);
}
