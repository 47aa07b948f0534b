import { type Answer, answerOf, problem, usedBefore } from "./answer.ts";
import type { Book } from "./book.ts";

/** `POST /keys/{key}/close`: the charge that stands, or never one under this key. */
export function close(key: string, book: Book): Answer {
  const closed = book.close(key);
  if (closed.is === "busy") return usedBefore(key, closed);
  const { entry } = closed;
  switch (entry.kind) {
    case "charge":
      return { status: 200, body: { key, state: "charged", charge: answerOf(entry).body } };
    case "decline":
      return { status: 200, body: { key, state: "declined", code: entry.code } };
    case "close":
      return { status: 200, body: { key, state: "closed", at: entry.at } };
    case "refund":
      return problem(422, "key_not_charge", `Cannot close the key '${key}' as it belongs to a refund`);
  }
}
