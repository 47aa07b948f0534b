/** What the catcher keeps of a message: the envelope, what the fleet's checks ask for, and the whole of it. */
export interface CaughtMessage {
  /** From 1, in the order in which they were accepted. */
  readonly number: number;
  /** When it was accepted, ISO 8601. */
  readonly time: string;
  /** From the envelope. */
  readonly from: string;
  /** From the envelope. */
  readonly to: readonly string[];
  /** With its angle brackets; undefined if the message has none. */
  readonly messageId: string | undefined;
  readonly subject: string;
  /** Names in lower case, values unfolded, as sent; repeated ones in order. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Decoded if the message has one part, else as sent. */
  readonly body: string;
}

/** Takes a message apart. Never throws: whatever was accepted must be in the ledger. */
export function parseMessage(raw: Buffer): Pick<CaughtMessage, "messageId" | "subject" | "headers" | "body"> {
  const text = raw.toString("latin1");
  const gap = /\r?\n\r?\n/.exec(text);
  const head = gap === null ? text : text.slice(0, gap.index);
  const rest = gap === null ? "" : text.slice(gap.index + gap[0].length);
  const headers: Record<string, string[]> = Object.create(null);
  for (const line of head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    headers[name] = [
      ...(headers[name] ?? []),
      Buffer.from(line.slice(colon + 1).trim(), "latin1").toString(),
    ];
  }
  return {
    messageId: headers["message-id"]?.[0],
    subject: decodeWords(headers.subject?.[0] ?? ""),
    headers,
    body: decodeBody(rest, headers["content-transfer-encoding"]?.[0]),
  };
}

/** `=?UTF-8?B?…?=` and `=?UTF-8?Q?…?=` (RFC 2047), UTF-8 only. */
function decodeWords(value: string): string {
  return value
    .replace(/(\?=)\s+(=\?)/g, "$1$2")
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how: string, word: string) =>
      how.toLowerCase() === "b"
        ? Buffer.from(word, "base64").toString()
        : quotedPrintable(word.replaceAll("_", " ")),
    );
}

function decodeBody(text: string, encoding: string | undefined): string {
  switch (encoding?.toLowerCase()) {
    case "base64":
      return Buffer.from(text, "base64").toString();
    case "quoted-printable":
      return quotedPrintable(text);
    default:
      return Buffer.from(text, "latin1").toString();
  }
}

function quotedPrintable(text: string): string {
  const joined = text.replace(/=\r?\n/g, "");
  const bytes = joined.replace(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1").toString();
}
