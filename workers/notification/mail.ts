import { html } from "../_html/mod.ts";
import type { Notice } from "./notice.ts";

/** What goes to the SMTP server. */
export interface Mail {
  /** With angle brackets. */
  readonly messageId: string;
  readonly date: Date;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * The mail of a notice. Identity and date are the record's, so that a repeat is the same mail to every server
 * and reader that sees it.
 * @param record its identity for life and its origin's time, epoch milliseconds
 * @param from the sender's address; its domain ends the Message-ID
 */
export function mailOf(
  notice: Notice,
  to: string,
  record: { readonly id: string; readonly time: number },
  from: string,
): Mail {
  return {
    messageId: `<${record.id}@${domainOf(from)}>`,
    date: new Date(record.time),
    to,
    subject: notice.subject,
    text: `${notice.paragraphs.join("\n\n")}\n`,
    html: html`<!doctype html><html lang="en"><body>${notice.paragraphs.map((text) => html`<p>${text}</p>`)}</body></html>`
      .html,
  };
}

function domainOf(from: string): string {
  return /@([\w.-]+)>?\s*$/.exec(from)?.[1] ?? "boxoffice.invalid";
}
