import { UsageError } from "../../../workers/_runtime/mod.ts";
import type { SchemaVersion } from "../version.ts";
import type { DeclaredTopic } from "./declared-topics.ts";
import { type NamesOf, referencesOf, rememberingNames } from "./references.ts";

/** The `schemas` folder at one moment: a checkout's, or a commit's. */
export interface SchemaFolder {
  /** `checkout`, `git:4f2c1e9`. */
  readonly label: string;
  /** What is put before a file's name: `schemas/`, `4f2c1e9:schemas/`. */
  readonly prefix: string;
  readonly topics: readonly DeclaredTopic[];
  /** Texts of the `*.avsc`, by name of the file. */
  readonly texts: ReadonlyMap<string, string>;
}

/** A schema file that can't be told which record it holds. */
export class UnreadableSchema extends UsageError {
  override name = "UnreadableSchema";
  readonly file: string;
  readonly text: string;
  readonly why: string;

  /** By the rule that a file is named after its record. */
  get simpleName(): string {
    return this.file.replace(/^.*[/:]/, "").replace(/\.avsc$/, "");
  }

  constructor(file: string, text: string, why: string) {
    super(`Cannot read schema '${file}': ${why}`);
    this.file = file;
    this.text = text;
    this.why = why;
  }
}

interface Schema {
  readonly file: string;
  readonly text: string;
  readonly record: string;
}

interface FolderOptions {
  /** Kept by who reads a history. @default one for this folder */
  readonly namesOf?: NamesOf;
  /** Told of what can't be used; that one is left out. @default throws it */
  readonly onProblem?: (problem: UsageError) => void;
}

/**
 * The version of each subject in the folder: a record is carried by the topics that list it.
 * @throws {UnreadableSchema} when a file is no JSON, or not one named type
 * @throws {UsageError} when a topic lists a record without a file
 */
export function versionsIn(folder: SchemaFolder, options: FolderOptions = {}): Map<string, SchemaVersion> {
  const { namesOf = rememberingNames(), onProblem = thrown } = options;
  const byName = new Map<string, string>();
  const unreadable = new Set<string>();
  const byRecord = new Map<string, Schema>();
  for (const [name, text] of folder.texts) {
    const schema = readSchema(folder.prefix + name, text, namesOf);
    if (schema instanceof UnreadableSchema) {
      unreadable.add(schema.simpleName);
      onProblem(schema);
      continue;
    }
    byName.set(schema.record, text);
    byRecord.set(schema.record.slice(schema.record.lastIndexOf(".") + 1), schema);
  }
  const versions = new Map<string, SchemaVersion>();
  for (const topic of folder.topics) {
    for (const simple of topic.records) {
      const found = byRecord.get(simple);
      if (found === undefined) {
        if (!unreadable.has(simple)) onProblem(missing(simple, topic.name, folder));
        continue;
      }
      const references = referencesOf(found.text, (name) => byName.get(name), namesOf);
      versions.set(`${topic.name}-${found.record}`, { ...found, label: folder.label, references });
    }
  }
  return versions;
}

function readSchema(file: string, text: string, namesOf: NamesOf): Schema | UnreadableSchema {
  try {
    const record = namesOf(text).name;
    if (record === undefined) return new UnreadableSchema(file, text, "it must be one record with a name");
    return { file, text, record };
  } catch (error) {
    return new UnreadableSchema(file, text, error instanceof Error ? error.message : String(error));
  }
}

function missing(record: string, topic: string, folder: SchemaFolder): UsageError {
  return new UsageError(
    `Cannot find the schema of '${record}' as there is no '${folder.prefix}${record}.avsc': topic '${topic}' carries it`,
  );
}

function thrown(problem: UsageError): never {
  throw problem;
}
