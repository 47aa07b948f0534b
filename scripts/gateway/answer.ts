import { createHash } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Begun } from "./book.ts";
import type { Entry } from "./ledger.ts";

/** What a call is answered, before any fault is applied. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A problem (RFC 9457) with the gateway's `code`, which programs decide by. */
export function problem(status: number, code: string, detail: string, retryAfterSeconds?: number): Answer {
  return {
    status,
    body: { type: "about:blank", title: STATUS_CODES[status] ?? "Problem", status, code, detail },
    headers: {
      "content-type": "application/problem+json",
      ...(retryAfterSeconds !== undefined && { "retry-after": String(retryAfterSeconds) }),
    },
  };
}

/** Equal for equal requests: a key may be used again only for the same one. */
export function fingerprint(call: string, fields: readonly unknown[]): string {
  const text = JSON.stringify([call, ...fields]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}

/** The answer that an entry gets, the first time and ever after. */
export function answerOf(entry: Entry): Answer {
  switch (entry.kind) {
    case "charge": {
      const { id, key, amount, currency, reference, at } = entry;
      return { status: 201, body: { id, key, amount, currency, reference, at } };
    }
    case "refund": {
      const { id, key, charge, amount, currency, reference, at } = entry;
      return { status: 201, body: { id, key, charge, amount, currency, reference, at } };
    }
    case "decline":
      return problem(402, entry.code, "The card was declined");
    case "close":
      return problem(
        410,
        "key_closed",
        `The key '${entry.key}' is closed: nothing was charged, nothing will be`,
      );
  }
}

/** The answer under a key that was used before. */
export function usedBefore(key: string, begun: Exclude<Begun, { is: "begun" }>): Answer {
  switch (begun.is) {
    case "busy":
      return problem(
        409,
        "key_in_progress",
        `A call under the key '${key}' is under way: ask again later`,
        1,
      );
    case "other-body":
      return problem(422, "key_reused", `The key '${key}' was used with another body`);
    case "done":
      return answerOf(begun.entry);
  }
}
