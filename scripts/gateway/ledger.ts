import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";

interface Entered {
  /** From 1, without gaps. */
  readonly seq: number;
  /** Epoch milliseconds, by this process's clock. */
  readonly at: number;
  /** The idempotency key. */
  readonly key: string;
}

interface Money {
  /** Minor units. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  /** The merchant's: a reservation's id. */
  readonly reference: string;
  /** Fingerprint of the request's body. */
  readonly print: string;
}

export type ChargeEntry = Entered & Money & { readonly kind: "charge"; readonly id: string };
export type DeclineEntry = Entered & Money & { readonly kind: "decline"; readonly code: string };
export type RefundEntry = Entered &
  Money & { readonly kind: "refund"; readonly id: string; readonly charge: string };
export type CloseEntry = Entered & { readonly kind: "close" };
export type Entry = ChargeEntry | DeclineEntry | RefundEntry | CloseEntry;

type Numbered = "seq" | "at";
/** What is entered; the ledger numbers and dates it. */
export type NewEntry =
  | Omit<ChargeEntry, Numbered>
  | Omit<DeclineEntry, Numbered>
  | Omit<RefundEntry, Numbered>
  | Omit<CloseEntry, Numbered>;

/** What happened to money, oldest first, append-only. */
export interface Ledger {
  readonly entries: readonly Entry[];
  /**
   * Returns when the entry is written: nothing may be answered before.
   * @throws {Error} when the file can't be written; then the entry does not exist.
   */
  append<E extends NewEntry>(entry: E): E & { readonly seq: number; readonly at: number };
  close(): void;
}

/**
 * Opens or makes `file`; undefined keeps the entries in memory only. One write call per entry: what was
 * answered survives kill -9, though not a power cut.
 * @throws {Error} naming the line, when one other than a torn last one can't be read.
 */
export function openLedger(file: string | undefined): Ledger {
  const fd = file === undefined ? undefined : openSync(file, "a+");
  const entries = file === undefined || fd === undefined ? [] : readEntries(file, fd);
  let closed = false;
  return {
    entries,
    append(entry) {
      // The descriptor's number may be another file's by now.
      if (closed) throw new Error("Cannot append to ledger as it is closed");
      const entered = { seq: entries.length + 1, at: Date.now(), ...entry };
      if (fd !== undefined) writeLine(fd, JSON.stringify(entered));
      entries.push(entered);
      return entered;
    },
    close() {
      if (fd !== undefined && !closed) closeSync(fd);
      closed = true;
    },
  };
}

function writeLine(fd: number, line: string): void {
  const bytes = Buffer.from(`${line}\n`);
  const before = fstatSync(fd).size;
  try {
    if (writeSync(fd, bytes) < bytes.length) throw new Error("Cannot write ledger as the disk is full");
  } catch (error) {
    // A torn line in the middle would make the whole file unreadable at the next start.
    ftruncateSync(fd, before);
    throw error;
  }
}

function readEntries(file: string, fd: number): Entry[] {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf("\n") + 1;
  if (end < bytes.length) ftruncateSync(fd, end);
  const lines = bytes.toString("utf8", 0, end).split("\n").slice(0, -1);
  return lines.map((line, index) => {
    const entry = parseEntry(line);
    if (entry === undefined || entry.seq !== index + 1) {
      throw new Error(
        `Cannot read ledger '${file}' as line ${index + 1} must be entry ${index + 1}: current value is '${line.slice(0, 200)}'. Move the file away to begin a new one`,
      );
    }
    return entry;
  });
}

const KINDS: ReadonlySet<unknown> = new Set(["charge", "decline", "refund", "close"]);

function parseEntry(line: string): Entry | undefined {
  try {
    const value = JSON.parse(line);
    // Only this file writes it; kind, key and number tell a ledger from any other NDJSON.
    return KINDS.has(value?.kind) && typeof value.key === "string" ? (value as Entry) : undefined;
  } catch {
    return undefined;
  }
}
