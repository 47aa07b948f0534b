import { basename } from "node:path";
import { z } from "zod";
import { UsageError } from "../../workers/_runtime/mod.ts";
import { LEVELS, type Level } from "./level.ts";
import type { Project } from "./source/project.ts";

/** The one place that says how compatible each subject must stay; below a repository's root. */
export const DECLARATION = "schemas/schemas.json";

const declaration = z.strictObject({
  /** Of every subject that isn't listed. */
  compatibility: z.enum(LEVELS),
  /** By subject. */
  subjects: z.record(z.string(), z.enum(LEVELS)).default({}),
});

/** The level of one subject. */
export type LevelOf = (subject: string) => Level;

/**
 * @param subjects - all that there are: a level of another would never be looked at
 * @throws {UsageError} when the declaration is missing or malformed, or names a subject that nobody has
 */
export function readLevels(project: Project, subjects: readonly string[]): LevelOf {
  const text = project.text(basename(DECLARATION));
  if (text === undefined) {
    throw new UsageError(
      `Cannot tell how compatible the schemas must stay as there is no '${DECLARATION}': write { "compatibility": "FULL_TRANSITIVE" } into it`,
    );
  }
  return levelsFrom(text, subjects);
}

/** @throws {UsageError} as `readLevels` */
export function levelsFrom(text: string, subjects: readonly string[]): LevelOf {
  const { compatibility, subjects: own } = parse(text);
  const unknown = Object.keys(own).find((subject) => !subjects.includes(subject));
  if (unknown !== undefined) {
    throw new UsageError(
      `Cannot use '${DECLARATION}' as no topic carries subject '${unknown}': there are ${subjects.join(", ")}`,
    );
  }
  return (subject) => own[subject] ?? compatibility;
}

function parse(text: string): z.infer<typeof declaration> {
  try {
    return declaration.parse(JSON.parse(text));
  } catch (error) {
    const why =
      error instanceof z.ZodError
        ? error.issues.map(({ path, message }) => `'${path.join(".")}': ${message}`).join("; ")
        : error instanceof Error
          ? error.message
          : String(error);
    throw new UsageError(`Cannot use '${DECLARATION}': ${why}`, { cause: error });
  }
}
