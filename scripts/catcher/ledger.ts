import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { type CaughtMessage, parseMessage } from "./message.ts";

/** Every message that was ever accepted: a witness that no worker writes to. Nothing is ever taken out. */
export interface Ledger {
  readonly messages: readonly CaughtMessage[];
  /** Written to the file before it returns, so that what SMTP answered 250 for is in it. */
  add(envelope: { readonly from: string; readonly to: readonly string[] }, raw: Buffer): CaughtMessage;
}

/** Opens a ledger, one JSON line a message; what the file holds already is read. */
export function openLedger(file: string): Ledger {
  const messages: CaughtMessage[] = existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line))
    : [];
  return {
    messages,
    add({ from, to }, raw) {
      const parsed = parseMessage(raw);
      const message = { number: messages.length + 1, time: new Date().toISOString(), from, to, ...parsed };
      appendFileSync(file, `${JSON.stringify(message)}\n`);
      messages.push(message);
      return message;
    },
  };
}
