import type { Broker } from "../_runtime/broker.ts";
import { UsageError } from "../_runtime/errors.ts";
import { AUDIT } from "./audit.ts";
import type { AuditEntry, AuditWish } from "./audit-entry.ts";
import { boundsOf, readRange } from "./follow.ts";

const LIMIT = 1_000;
/** Read from the end, this many offsets at a time. */
const BLOCK = 10_000;
/** Of operators and workers, who say when: an entry may lie behind one of a later time. */
export const CLOCKS_APART_MS = 3_600_000;

/** Entries of the audit trail that match, newest first. The trail is kept for ever: with `since` only its end is read. */
export async function readAudit(
  broker: Broker,
  { since, until, by, plan, letter, limit = LIMIT }: AuditWish,
  signal: AbortSignal,
): Promise<AuditEntry[]> {
  const [bounds] = await boundsOf(broker, AUDIT);
  if (bounds === undefined)
    throw new UsageError(
      `Cannot read the audit trail as topic '${AUDIT}' is missing: run 'boxoffice topics apply'`,
    );
  const found: AuditEntry[] = [];
  const matches = (entry: AuditEntry) =>
    (since === undefined || entry.time >= since) &&
    (until === undefined || entry.time < until) &&
    (by === undefined || entry.by === by) &&
    (plan === undefined || entry.plan === plan) &&
    (letter === undefined || entry.letter === letter);
  const { low, high } = bounds;
  for (let to = high; to > low && found.length < limit; to -= BLOCK) {
    const block: AuditEntry[] = [];
    let newest = Number.NEGATIVE_INFINITY;
    const range = { topic: AUDIT, partition: 0, from: Math.max(low, to - BLOCK), to };
    await readRange(broker, range, { signal, patienceMs: 1_000 }, (records) => {
      for (const { value } of records) {
        const entry = parseEntry(value);
        if (entry === undefined) continue;
        newest = Math.max(newest, entry.time);
        if (matches(entry)) block.push(entry);
      }
    });
    found.push(...block.reverse());
    if (since !== undefined && newest < since - CLOCKS_APART_MS) break;
  }
  return found.slice(0, limit);
}

function parseEntry(value: Buffer | null): AuditEntry | undefined {
  try {
    const entry: unknown = JSON.parse(value?.toString() ?? "");
    // Written by `auditRecord` alone; what has no time or action is nobody's.
    if (typeof entry === "object" && entry !== null && "time" in entry && "action" in entry)
      return entry as AuditEntry;
  } catch {
    // Says nothing about anybody.
  }
  return undefined;
}
