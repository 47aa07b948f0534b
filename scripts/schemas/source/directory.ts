import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Unavailable } from "../../../workers/_runtime/mod.ts";
import type { SchemaVersion, SubjectHistory } from "../version.ts";
import { type DeclaredTopic, declaredTopics } from "./declared-topics.ts";
import { rememberingNames } from "./references.ts";
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
      files.length > 0
        ? flat(directory, files.sort(), checkoutTopics)
        : subjects.sort().map((subject) => numbered(directory, subject));
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

function numbered(directory: string, subject: string): SubjectHistory {
  const files = readdirSync(join(directory, subject))
    .map((name) => ({ name, number: Number(/^v?(\d+)\.avsc$/.exec(name)?.[1] ?? Number.NaN) }))
    .filter(({ number }) => !Number.isNaN(number))
    .sort((a, b) => a.number - b.number);
  const namesOf = rememberingNames();
  const versions = files.map(({ name, number }): SchemaVersion => {
    const file = join(directory, subject, name);
    const text = readFileSync(file, "utf8");
    const record = namesOf(text).name;
    if (record === undefined) throw cannot(file, "it must be one record with a name");
    return { label: `dir v${number}`, file, record, text, references: [] };
  });
  return { subject, versions };
}

function cannot(path: string, why: string, cause?: unknown): Unavailable {
  return new Unavailable("dir", `Cannot compare with 'dir:${path}' as ${why}`, { cause });
}
