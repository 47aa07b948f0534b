import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../../workers/_runtime/mod.ts";
import type { SubjectHistory } from "../version.ts";
import { declaredTopics } from "./declared-topics.ts";
import { type SchemaFolder, versionsIn } from "./schema-folder.ts";

/** Where schemas and topics lie below a repository's root. */
export const SCHEMAS = "schemas";

/**
 * The working copy as it is on disk, staged or not: one version a subject.
 * @param root - where `schemas/*.avsc` and `schemas/topics.ts` lie below
 * @throws {UnreadableSchema} naming the file
 * @throws {UsageError} when there are no schemas at all, or a topic lists a record without a file
 */
export function checkoutVersions(root: string): SubjectHistory[] {
  return [...versionsIn(checkoutFolder(root))].map(([subject, version]) => ({
    subject,
    versions: [version],
  }));
}

/** @throws {UsageError} when there is no schema or no topic in it */
export function checkoutFolder(root: string): SchemaFolder {
  const folder = join(root, SCHEMAS);
  const declarations = join(folder, "topics.ts");
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".avsc"))
        .sort()
    : [];
  if (names.length === 0) {
    throw new UsageError(
      `Cannot find schemas as there is no '${SCHEMAS}/*.avsc' in '${root}': run it in a checkout of the project, or name one by --root`,
    );
  }
  if (!existsSync(declarations)) {
    throw new UsageError(
      `Cannot tell which topics carry the schemas as there is no '${SCHEMAS}/topics.ts' in '${root}'`,
    );
  }
  return {
    label: "checkout",
    prefix: `${SCHEMAS}/`,
    topics: declaredTopics(readFileSync(declarations, "utf8"), `${SCHEMAS}/topics.ts`),
    texts: new Map(names.map((name) => [name, readFileSync(join(folder, name), "utf8")])),
  };
}
