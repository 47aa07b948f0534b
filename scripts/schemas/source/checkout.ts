import { UsageError } from "../../../workers/_runtime/mod.ts";
import type { SchemaVersion, SubjectHistory } from "../version.ts";
import { declaredTopics } from "./declared-topics.ts";
import { type Project, projectIn, SCHEMAS } from "./project.ts";
import { type SchemaFolder, UnreadableSchema, versionsIn } from "./schema-folder.ts";

/**
 * The working copy as it is on disk, staged or not: one version a subject.
 * @param root - where `schemas/*.avsc` and `schemas/topics.ts` lie below
 * @throws {UnreadableSchema} naming the file
 * @throws {UsageError} when there are no schemas at all, or a topic lists a record without a file
 */
export function checkoutVersions(root: string): SubjectHistory[] {
  return [...versionsIn(projectFolder(projectIn(root)))].map(([subject, version]) => ({
    subject,
    versions: [version],
  }));
}

/**
 * As `checkoutVersions`, but a file that can't be read becomes a version as well, so that it is judged (and found)
 * like every other. Its record's name is not known: it is that of the subject it had before, else the file's.
 * @param before - subjects elsewhere
 */
export function judgedVersions(folder: SchemaFolder, before: readonly string[]): SubjectHistory[] {
  const unreadable = new Map<string, UnreadableSchema>();
  const versions = versionsIn(folder, {
    onProblem(problem) {
      if (!(problem instanceof UnreadableSchema)) throw problem;
      unreadable.set(problem.simpleName, problem);
    },
  });
  for (const { name, records } of folder.topics) {
    for (const record of records) {
      const problem = unreadable.get(record);
      if (problem === undefined) continue;
      const own = (subject: string) =>
        subject.startsWith(`${name}-`) &&
        subject
          .slice(name.length + 1)
          .split(".")
          .at(-1) === record;
      const subject = before.find(own) ?? `${name}-${record}`;
      versions.set(subject, versionOf(problem, folder.label, subject.slice(name.length + 1)));
    }
  }
  return [...versions].map(([subject, version]) => ({ subject, versions: [version] }));
}

function versionOf({ file, text }: UnreadableSchema, label: string, record: string): SchemaVersion {
  return { label, file, record, text, references: [] };
}

/** @throws {UsageError} when there is no schema or no topic in it */
export function projectFolder(project: Project): SchemaFolder {
  const names = project.names.filter((name) => name.endsWith(".avsc"));
  if (names.length === 0) {
    throw new UsageError(
      `Cannot find schemas as there is no '${SCHEMAS}/*.avsc' in '${project.name}': run it in a checkout of the project, or name one by --root`,
    );
  }
  const declarations = project.text("topics.ts");
  if (declarations === undefined) {
    throw new UsageError(
      `Cannot tell which topics carry the schemas as there is no '${SCHEMAS}/topics.ts' in '${project.name}'`,
    );
  }
  return {
    label: "checkout",
    prefix: `${SCHEMAS}/`,
    topics: declaredTopics(declarations, `${SCHEMAS}/topics.ts`),
    texts: new Map(names.map((name) => [name, project.text(name) ?? ""])),
  };
}
