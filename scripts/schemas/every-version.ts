import { basename } from "node:path/posix";
import { simpleName } from "../../workers/_runtime/avro/names.ts";
import { referencesOf, rememberingNames, type SchemaNames } from "./source/references.ts";
import type { SchemaFolder } from "./source/schema-folder.ts";
import type { SchemaVersion } from "./version.ts";

/** A schema of a folder with the subjects under which topics carry it. */
export interface Carried {
  readonly version: SchemaVersion;
  /** Empty: no topic lists it. */
  readonly subjects: readonly string[];
}

/** Every file of a folder, also what can't be read and what no topic lists: a rule is to say so. In the files' order. */
export function everyVersion(folder: SchemaFolder): Carried[] {
  const namesOf = rememberingNames();
  const named = new Map([...folder.texts].map(([file, text]) => [file, namesIn(text, namesOf)]));
  const byRecord = new Map([...named].map(([file, names]) => [names?.name, folder.texts.get(file)]));
  return [...folder.texts].map(([file, text]) => {
    const names = named.get(file);
    const record = names?.name ?? basename(file, ".avsc");
    const references = names === undefined ? [] : referencesOf(text, (name) => byRecord.get(name), namesOf);
    const topics = folder.topics.filter(({ records }) => records.includes(simpleName(record)));
    return {
      version: { label: folder.label, file: folder.prefix + file, record, text, references },
      subjects: topics.map((topic) => `${topic.name}-${record}`),
    };
  });
}

/** Undefined: the text is no JSON. */
function namesIn(text: string, namesOf: (text: string) => SchemaNames): SchemaNames | undefined {
  try {
    return namesOf(text);
  } catch {
    return undefined;
  }
}
