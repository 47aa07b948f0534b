import { identity, type Place, parseIdentity } from "./identity.ts";
import type { Header } from "./record.ts";

/**
 * The headers that the runtime adds (`bo-…`, UTF-8) when a record leaves its source topic for a retry topic,
 * the replay topic or the DLQ. There `bo-` is ours: a producer's own header of that prefix travels as
 * `bo-x-<its name>`, value untouched, and `foreign()` gives it its name back. On a source topic nothing is
 * ours, whatever its name: its headers are handed to `withOurs` as they stand, and never to `parseOurs`.
 */
export interface Ours {
  /** The record's identity for life: where it was first written. */
  readonly id?: Place;
  /** The origin's timestamp, epoch ms; copies get a fresh one, or retention would delete them. */
  readonly time?: number;
  /** The attempt that is due next, from 1. */
  readonly attempt?: number;
  /** Not before, epoch ms. */
  readonly due?: number;
  /** When the first attempt of this run failed, epoch ms. */
  readonly firstFailed?: number;
  /** Where the last attempt failed; `parked`: waits behind its key's head and has not been tried. */
  readonly stage?: Stage;
  /** Class name of the error. */
  readonly error?: string;
  /**
   * The error's message and nothing else, cut to 1 kB. Never payloads, keys or headers: a handler that puts a
   * person's data into its messages puts them here.
   */
  readonly reason?: string;
  readonly fingerprint?: string;
  readonly worker?: string;
  readonly build?: string;
  /** The plan that put it back to work. */
  readonly replay?: string;
  /** How often it was put back to work. */
  readonly replays?: number;
  /** The dead letter it was before its replay: DLQ, partition and offset. */
  readonly letter?: Place;
}

export type Stage = "frame" | "decode" | "handle" | "emit" | "parked";
const STAGES: readonly string[] = ["frame", "decode", "handle", "emit", "parked"];

/** A header of ours says what it can't mean: somebody else writes to our topics. */
export class MalformedHeaders extends Error {
  override name = "MalformedHeaders";
  readonly header: string;
  constructor(header: string, value: string) {
    super(`Cannot read header '${header}': current value is ${value}`);
    this.header = header;
  }
}

interface Format {
  readonly name: string;
  /** Longest value, bytes; all of them with their names stay below 4 kB. */
  readonly most: number;
  /** Whether a longer value is cut; if not, it is refused, since a part of it would name something else. */
  readonly cut: boolean;
  readonly parse: (text: string) => unknown;
  readonly print: (value: never) => string;
}

const COUNT = /^(0|[1-9]\d{0,15})$/;
const count = (text: string) =>
  COUNT.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
// A producer's timestamp is its own: -1 for none, or beyond 2^53 by another unit. It must not stop a record.
const timestamp = (text: string) => (/^-?\d{1,19}$/.test(text) ? Number(text) : undefined);
const positive = (text: string) => count(text) || undefined;
const text = (value: string) => value;
// What was thrown may carry anything for a message.
const anything = (value: unknown) => (typeof value === "string" ? value : `(${typeof value})`);
const stage = (value: string) => (STAGES.includes(value) ? value : undefined);
const place = (value: Place) => identity(value.topic, value.partition, value.offset);

const number = { most: 16, cut: false, parse: count, print: (value: number) => String(value) };
const string = { most: 255, cut: false, parse: text, print: text };
const where = { most: 350, cut: false, parse: parseIdentity, print: place };

const FORMATS: { readonly [F in keyof Required<Ours>]: Format } = {
  id: { ...where, name: "bo-id" },
  time: { ...number, name: "bo-time", most: 21, parse: timestamp },
  attempt: { ...number, name: "bo-attempt", parse: positive },
  due: { ...number, name: "bo-due" },
  firstFailed: { ...number, name: "bo-first-failed" },
  stage: { ...string, name: "bo-stage", parse: stage },
  error: { ...string, name: "bo-error", cut: true, print: anything },
  reason: { ...string, name: "bo-reason", most: 1024, cut: true, print: anything },
  fingerprint: { ...string, name: "bo-fingerprint", most: 64 },
  worker: { ...string, name: "bo-worker" },
  build: { ...string, name: "bo-build", most: 128, cut: true },
  replay: { ...string, name: "bo-replay", most: 128 },
  replays: { ...number, name: "bo-replays" },
  letter: { ...where, name: "bo-letter" },
};
const FIELDS = Object.keys(FORMATS) as readonly (keyof Ours)[];
const FIELD_OF: ReadonlyMap<string, keyof Ours> = new Map(
  FIELDS.map((field) => [FORMATS[field].name, field]),
);

/** What a header of ours is called and how long its value may be, bytes; by the field it becomes. */
export const OUR_HEADERS: { readonly [F in keyof Required<Ours>]: Pick<Format, "name" | "most"> } = FORMATS;

const PREFIX = "bo-";
const ESCAPE = "bo-x-";

/**
 * Our headers of a record in a derived topic. Those of a later build are ignored.
 * @throws {MalformedHeaders} when one is null, not UTF-8, repeated or has a value it can't have.
 */
export function parseOurs(headers: readonly Header[]): Ours {
  const ours: Record<string, unknown> = {};
  for (const [name, value] of headers) {
    if (!name.startsWith(PREFIX)) continue;
    const field = FIELD_OF.get(name);
    if (field === undefined) continue;
    if (value === null) throw new MalformedHeaders(name, "null");
    const text = value.toString();
    if (ours[field] !== undefined) throw new MalformedHeaders(name, `given twice, again as ${show(text)}`);
    const format = FORMATS[field];
    // What is longer than what we write could not be written again.
    const ok =
      (format.cut || value.length <= format.most) &&
      (!text.includes("\ufffd") || Buffer.from(text).equals(value));
    const parsed = ok ? format.parse(text) : undefined;
    if (parsed === undefined) throw new MalformedHeaders(name, show(text));
    ours[field] = parsed;
  }
  // Each field was parsed by the format that is declared for it.
  return ours as Ours;
}

/** The producer's headers of a record in a derived topic, under their own names and in their order. */
export function foreign(headers: readonly Header[]): Header[] {
  const theirs: Header[] = [];
  for (const header of headers) {
    if (!header[0].startsWith(PREFIX)) theirs.push(header);
    else if (header[0].startsWith(ESCAPE)) theirs.push([header[0].slice(ESCAPE.length), header[1]]);
  }
  return theirs;
}

/**
 * The headers of a record for a derived topic: the producer's (as on the source topic, or from `foreign()`) in
 * their order, then ours. Reason, error and build are cut at a character boundary; all of ours take less than
 * 4 kB.
 * @throws {RangeError} when another text or name of ours is too long, or a number is not a count.
 */
export function withOurs(theirs: readonly Header[], ours: Ours): Header[] {
  const headers: Header[] = theirs.map((header) =>
    header[0].startsWith(PREFIX) ? [ESCAPE + header[0], header[1]] : header,
  );
  for (const field of FIELDS) {
    const value = ours[field];
    if (value !== undefined) headers.push([FORMATS[field].name, bytesOf(FORMATS[field], value)]);
  }
  return headers;
}

function bytesOf(format: Format, value: unknown): Buffer {
  // The table pairs every field's type with its printer.
  const text = format.print(value as never).toWellFormed();
  const bytes = Buffer.from(text);
  const fits = bytes.length <= format.most;
  if ((!fits && !format.cut) || format.parse(text) === undefined) {
    throw new RangeError(
      `Cannot write header '${format.name}' as it must be at most ${format.most} bytes that can be read back: current value is ${show(text)}`,
    );
  }
  return fits ? bytes : bytes.subarray(0, characterBoundary(bytes, format.most));
}

/** The last boundary between characters at or before `end`, so that the cut text is still UTF-8. */
function characterBoundary(bytes: Buffer, end: number): number {
  let at = end;
  while (at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}

function show(text: string): string {
  return text.length > 80 ? `'${text.slice(0, 80)}…'` : `'${text}'`;
}
