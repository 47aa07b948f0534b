import type { Fault } from "./judge-pair.ts";
import type { Stored } from "./live-writers.ts";

/** `a, b and c`, each once. */
export function list(words: readonly string[]): string {
  const each = [...new Set(words)];
  return each.length < 2 ? each.join("") : `${each.slice(0, -1).join(", ")} and ${each.at(-1)}`;
}

/** `66 records in reservations written under schema 2, e.g. partition 3, offset 0`. */
export function stored({ count, first, in: { topic, kind } }: Stored, schemaId: number): string {
  const word = kind === "dlq" ? "dead letter" : kind === "source" ? "record" : "outstanding record";
  return `${count} ${word}${count === 1 ? "" : "s"} in ${topic} written under schema ${schemaId}, e.g. partition ${first.partition}, offset ${first.offset}`;
}

export function recordsWord({ always }: Fault): string {
  return always ? "any record" : "some records";
}
