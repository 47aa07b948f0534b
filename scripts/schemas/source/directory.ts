import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Unavailable } from "../../../workers/_runtime/mod.ts";
import type { SchemaVersion, SubjectHistory } from "../version.ts";
import { type DeclaredTopic, declaredTopics } from "./declared-topics.ts";
import { referencesOf, rememberingNames } from "./references.ts";
import { versionsIn } from "./schema-folder.ts";

/**
 * Versions in a folder, of one of two forms:
 * - `<subject>/<number>.avsc`: all versions of each subject, e.g. a registry's backup;
 * - `*.avsc`, with `topics.ts` or else the checkout's topics: one version each, e.g. another checkout's `schemas`.
 * @throws {Unavailable} when the folder is missing or empty, or a schema in it can't be read
 */
export function dirVersions(directory: string, checkoutTopics: readonly DeclaredTopic[]): SubjectHistory[] {
  if (!existsSync(directory) || !statSync(directory).isDirectory())
    throw cannot(directory, "there is no such folder");
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    const subjects = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const files = entries.filter(({ name }) => name.endsWith(".avsc")).map(({ name }) => name);
    const histories =
      files.length > 0 ? flat(directory, files.sort(), checkoutTopics) : numbered(directory, subjects.sort());
    const found = histories.filter(({ versions }) => versions.length > 0);
    if (found.length === 0)
      throw cannot(directory, "there is no *.avsc in it, and no <subject>/<number>.avsc");
    return found;
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    throw cannot(directory, error instanceof Error ? error.message : String(error), error);
  }
}

function flat(
  directory: string,
  files: readonly string[],
  checkoutTopics: readonly DeclaredTopic[],
): SubjectHistory[] {
  const texts = new Map(files.map((name) => [name, readFileSync(join(directory, name), "utf8")]));
  const declarations = join(directory, "topics.ts");
  const topics = existsSync(declarations)
    ? declaredTopics(readFileSync(declarations, "utf8"), declarations)
    : checkoutTopics.map(({ name, records }) => ({
        name,
        records: records.filter((record) => texts.has(`${record}.avsc`)),
      }));
  const folder = { label: `dir:${directory}`, prefix: `${directory}/`, topics, texts };
  return [...versionsIn(folder)].map(([subject, version]) => ({ subject, versions: [version] }));
}

/**
 * A type that a text names and doesn't define is the newest of that name in the folder. A folder without a topic in its
 * name holds only such types: it is no subject of a record.
 */
function numbered(directory: string, subjects: readonly string[]): SubjectHistory[] {
  const namesOf = rememberingNames();
  const newest = new Map<string, string>();
  const histories = subjects.map((subject) => {
    const versions = filesOf(join(directory, subject)).map(({ file, number }): SchemaVersion => {
      const text = readFileSync(file, "utf8");
      const record = namesOf(text).name;
      if (record === undefined) throw cannot(file, "it must be one record with a name");
      newest.set(record, text);
      return { label: `dir v${number}`, file, record, text, references: [] };
    });
    return { subject, versions };
  });
  const withReferences = (version: SchemaVersion): SchemaVersion => ({
    ...version,
    references: referencesOf(version.text, (name) => newest.get(name), namesOf),
  });
  return histories
    .filter(({ subject }) => subject.includes("-"))
    .map(({ subject, versions }) => ({ subject, versions: versions.map(withReferences) }));
}

/** Oldest first. */
function filesOf(folder: string): { readonly file: string; readonly number: number }[] {
  return readdirSync(folder)
    .map((name) => ({
      file: join(folder, name),
      number: Number(/^v?(\d+)\.avsc$/.exec(name)?.[1] ?? Number.NaN),
    }))
    .filter(({ number }) => !Number.isNaN(number))
    .sort((a, b) => a.number - b.number);
}

function cannot(path: string, why: string, cause?: unknown): Unavailable {
  return new Unavailable("dir", `Cannot compare with 'dir:${path}' as ${why}`, { cause });
}
