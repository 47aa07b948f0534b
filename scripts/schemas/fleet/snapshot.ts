import { z } from "zod";
import { UsageError } from "../../../workers/_runtime/mod.ts";
import { LEVELS } from "../level.ts";
import type { SchemaVersion, SubjectHistory } from "../version.ts";

const count = z.int().nonnegative();
const place = z.strictObject({ partition: count, offset: count });

const stored = z.strictObject({
  /** Schema id. */
  id: z.int(),
  /** Records written under it. */
  count,
  /** By the records' timestamps. */
  first: place,
  last: place,
});

const scanned = z.strictObject({
  topic: z.string(),
  kind: z.enum(["source", "retry", "replay", "dlq"]),
  source: z.string(),
  /** Whose derived topic it is; null: a source topic. */
  worker: z.string().nullable(),
  /** Records that were looked at; of a derived topic those that are still outstanding. */
  read: count,
  /** Older ones that `--limit` left out, by their offsets: at most so many. */
  skipped: count,
  tombstones: count,
  /** Without a schema id in front. */
  unframed: count,
  /** Under ids that the registry doesn't know. */
  unknown: count,
  ids: z.array(stored),
});

const versions = z.array(
  z.strictObject({
    version: z.int().positive(),
    id: z.int(),
    text: z.string(),
    /** Texts of what it refers to, the innermost first. */
    references: z.array(z.string()),
  }),
);

const snapshot = z.strictObject({
  format: z.literal(1),
  /** ISO 8601. */
  madeAt: z.iso.datetime(),
  subjects: z.array(
    z.strictObject({
      subject: z.string(),
      /** Null: none of its own. */
      level: z.enum(LEVELS).nullable(),
      versions,
    }),
  ),
  /** Schemas under which records lie in topics and that no subject above has any more. */
  others: z.array(z.strictObject({ id: z.int(), text: z.string(), references: z.array(z.string()) })),
  /** Derived ones only where something lies. Null: only the registry was asked. */
  topics: z.array(scanned).nullable(),
  /** As declared by the checkout that made the snapshot; what runs is taken to be that. */
  workers: z.array(
    z.strictObject({
      worker: z.string(),
      reads: z.array(z.strictObject({ topic: z.string(), records: z.array(z.string()) })),
      emits: z.array(z.string()),
    }),
  ),
});

/** What registry and topics held when `boxoffice schemas pull` asked: for checks without a broker. */
export type Snapshot = z.infer<typeof snapshot>;
export type ScannedTopic = z.infer<typeof scanned>;
export type StoredId = z.infer<typeof stored>;

/**
 * @param file - for the error
 * @throws {UsageError} naming the place in the file
 */
export function parseSnapshot(text: string, file: string): Snapshot {
  const again = "make it again with 'npx boxoffice schemas pull'";
  try {
    return snapshot.parse(JSON.parse(text));
  } catch (error) {
    const why =
      error instanceof z.ZodError
        ? error.issues.map(({ path, message }) => `'${path.join(".")}' ${message}`)[0]
        : String(error);
    throw new UsageError(`Cannot read snapshot '${file}' as ${why}: ${again}`, { cause: error });
  }
}

/** The file's text: sorted, an item a line where it is short, so that two pulls differ where the fleet does. */
export function snapshotText(made: Snapshot): string {
  const sorted: Snapshot = {
    format: made.format,
    madeAt: made.madeAt,
    subjects: made.subjects
      .map((subject) => ({ ...subject, versions: by(subject.versions, ({ version }) => version) }))
      .sort((a, b) => compare(a.subject, b.subject)),
    others: by(made.others, ({ id }) => id),
    topics:
      made.topics
        ?.map((topic) => ({ ...topic, ids: by(topic.ids, ({ id }) => id) }))
        .sort((a, b) => compare(a.topic, b.topic)) ?? null,
    workers: made.workers
      .map(({ worker, reads, emits }) => ({
        worker,
        reads: reads
          .map(({ topic, records }) => ({ topic, records: [...records].sort() }))
          .sort((a, b) => compare(a.topic, b.topic)),
        emits: [...emits].sort(),
      }))
      .sort((a, b) => compare(a.worker, b.worker)),
  };
  // Parsed once more, since that puts the keys in the order of above.
  return `${print(snapshot.parse(sorted), "")}\n`;
}

/** Of one line. */
const SHORT = 140;

function print(value: unknown, indent: string): string {
  const short = JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, " ");
  if (typeof value !== "object" || value === null || short.length + indent.length <= SHORT) return short;
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = Object.entries(value).map(
    ([key, item]) => `${inner}${isList ? "" : `${JSON.stringify(key)}: `}${print(item, inner)}`,
  );
  const [open, close] = isList ? "[]" : "{}";
  return `${open}\n${parts.join(",\n")}\n${indent}${close}`;
}

/** By code points, so that no locale decides. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function by<T>(items: readonly T[], key: (item: T) => number): T[] {
  return items.toSorted((a, b) => key(a) - key(b));
}

/** The versions as every other source gives them. */
export function snapshotHistories({ subjects }: Snapshot): SubjectHistory[] {
  return subjects.map(({ subject, versions }) => ({
    subject,
    versions: versions.map((version) => schemaVersion(subject, version)),
  }));
}

function schemaVersion(
  subject: string,
  { version, id, text, references }: z.infer<typeof versions>[number],
): SchemaVersion {
  return {
    label: `snapshot v${version}`,
    file: `snapshot v${version} of ${subject}`,
    // TopicRecordNameStrategy: a full name has no hyphen, a topic's name may.
    record: subject.slice(subject.lastIndexOf("-") + 1),
    text,
    references,
    id,
    number: version,
  };
}
