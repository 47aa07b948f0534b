import { Unavailable } from "../../../workers/_runtime/mod.ts";
import type { CallRegistry } from "../../../workers/_runtime/registry-http.ts";
import type { SchemaVersion, SubjectHistory } from "../version.ts";
import { schemaNames } from "./references.ts";

/** Requests under way at once; a registry is shared with the running fleet. */
const AT_ONCE = 8;
/** Depth of references of references; a cycle ends here. */
const MOST_LEVELS = 32;

/**
 * Every version that the registry has of every subject on one of `topics`, also of subjects that nobody declares
 * any more; oldest first.
 * @throws {Unavailable} when the registry can't be reached or answers in an unknown form
 */
export async function registryVersions(
  call: CallRegistry,
  topics: readonly string[],
  signal: AbortSignal,
): Promise<SubjectHistory[]> {
  const subjects = await subjectsOn(call, topics, signal);
  const reading = { call, signal, known: new Map<string, Promise<Registered>>() };
  const listed = await inTurn(subjects, async (subject) => ({
    subject,
    numbers: await numbersOf(reading, subject),
  }));
  const wanted = listed.flatMap(({ subject, numbers }) => numbers.map((number) => ({ subject, number })));
  const versions = await inTurn(wanted, ({ subject, number }) => versionOf(reading, subject, number));
  return listed.map(({ subject }) => ({
    subject,
    versions: versions.filter((_, index) => wanted[index]?.subject === subject),
  }));
}

/** All subjects `<topic>-<full name>` of these topics, sorted. A full name has no hyphen, a topic's name may. */
export async function subjectsOn(
  call: CallRegistry,
  topics: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const answer = await call({ method: "GET", path: "/subjects" }, signal);
  if (!answer.ok) throw unexpected("list the subjects", answer.message);
  return Object.values(answer.body)
    .filter((subject) => typeof subject === "string")
    .filter((subject) => topics.includes(subject.slice(0, subject.lastIndexOf("-"))))
    .sort();
}

interface Reading {
  readonly call: CallRegistry;
  readonly signal: AbortSignal;
  /** By subject and number; a type that many refer to is asked for once. */
  readonly known: Map<string, Promise<Registered>>;
}

interface Registered {
  readonly id: number;
  readonly text: string;
  readonly references: readonly { readonly subject: string; readonly version: number }[];
}

async function numbersOf({ call, signal }: Reading, subject: string): Promise<number[]> {
  const path = `/subjects/${encodeURIComponent(subject)}/versions`;
  const answer = await call({ method: "GET", path }, signal);
  // Deleted since it was listed.
  if (!answer.ok) return [];
  return Object.values(answer.body)
    .filter((number) => typeof number === "number")
    .sort((a, b) => a - b);
}

async function versionOf(reading: Reading, subject: string, number: number): Promise<SchemaVersion> {
  const { id, text, references } = await registered(reading, subject, number);
  const texts = new Set<string>();
  for (const reference of references) await collect(reading, reference, texts, 0);
  return {
    label: `registry v${number}`,
    file: `registry v${number} of ${subject}`,
    record: recordOf(text, subject),
    text,
    references: [...texts],
    id,
    number,
  };
}

async function collect(
  reading: Reading,
  { subject, version }: { readonly subject: string; readonly version: number },
  texts: Set<string>,
  depth: number,
): Promise<void> {
  if (depth > MOST_LEVELS)
    throw unexpected(`read '${subject}'`, `references are nested over ${MOST_LEVELS} deep`);
  const { text, references } = await registered(reading, subject, version);
  for (const reference of references) await collect(reading, reference, texts, depth + 1);
  texts.add(text);
}

function registered(reading: Reading, subject: string, number: number): Promise<Registered> {
  const key = `${subject} ${number}`;
  const found = reading.known.get(key) ?? fetchVersion(reading, subject, number);
  reading.known.set(key, found);
  return found;
}

async function fetchVersion({ call, signal }: Reading, subject: string, number: number): Promise<Registered> {
  const path = `/subjects/${encodeURIComponent(subject)}/versions/${number}`;
  const answer = await call({ method: "GET", path }, signal);
  if (!answer.ok) throw unexpected(`read version ${number} of '${subject}'`, answer.message);
  const { id, schema, references = [] } = answer.body;
  if (typeof id !== "number" || typeof schema !== "string" || !Array.isArray(references))
    throw unexpected(`read version ${number} of '${subject}'`, "the answer has no id or no schema");
  return { id, text: schema, references: references.map((reference) => referenceOf(reference, subject)) };
}

function referenceOf(reference: unknown, subject: string): { subject: string; version: number } {
  if (
    typeof reference === "object" &&
    reference !== null &&
    "subject" in reference &&
    "version" in reference
  ) {
    const { subject: name, version } = reference;
    if (typeof name === "string" && typeof version === "number") return { subject: name, version };
  }
  throw unexpected(`read '${subject}'`, "a reference has no subject or no version");
}

function recordOf(text: string, subject: string): string {
  try {
    return schemaNames(text).name ?? subject;
  } catch {
    // Another kind of schema, e.g. Protobuf, whose text is no JSON.
    return subject;
  }
}

/** As many at once as are bearable, results in the order of what was asked. */
async function inTurn<T, R>(items: readonly T[], task: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(task))));
  }
  return results;
}

function unexpected(what: string, why: string): Unavailable {
  return new Unavailable("registry", `Cannot ${what} in the schema registry: ${why}`);
}
