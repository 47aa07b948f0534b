import { createTransport } from "nodemailer";
import { inSpan } from "../_runtime/mod.ts";
import { failureOf } from "./failure.ts";
import type { Mail } from "./mail.ts";

export interface Mailer {
  /**
   * Resolves when the server took the mail. Aborting closes the connection that carries it; whether the server
   * has the mail is then unknown.
   * @throws {Unavailable} the server, or our account with it, is not available for anyone
   * @throws {Permanent} the server will never take this mail
   * @throws {Error} it may be taken later
   */
  send(mail: Mail, signal: AbortSignal): Promise<void>;
  close(): void;
}

export interface MailerOptions {
  /** As in `SMTP_URL`: `smtp://user:password@host:port`, `smtps:` for TLS from the start. */
  readonly url: string;
  readonly from: string;
  /** Connections kept open, and so mails in flight. */
  readonly maxConnections: number;
  /** Longest wait for a connection, a greeting, or an answer. @default 10_000 */
  readonly patienceMs?: number;
}

/** Mails over a bounded pool of SMTP connections. */
export function createMailer(options: MailerOptions): Mailer {
  const { url, from, maxConnections, patienceMs = 10_000 } = options;
  const transport = createTransport({
    pool: true,
    url,
    maxConnections,
    // Only for a kept connection that the server closed before it took anything of the mail.
    maxRequeues: 1,
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    dnsTimeout: patienceMs,
    socketCloseTimeout: 1_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const span = {
    name: "send mail",
    kind: "client",
    attributes: { "server.address": new URL(url).hostname, "network.protocol.name": "smtp" },
  } as const;
  return {
    async send(mail, signal) {
      try {
        await inSpan(span, () => transport.sendMail({ ...mail, from, signal }));
      } catch (error) {
        throw failureOf(error);
      }
    },
    close: () => transport.close({ force: true }),
  };
}
