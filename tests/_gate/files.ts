import { globSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { UsageError } from "../../workers/_runtime/errors.ts";

/** The test files of one run. */
export interface TestFiles {
  /** Two at a time, on one stack for all. */
  readonly together: readonly string[];
  /** `*.alone.test.ts`: one after the other, each with what it starts itself. */
  readonly alone: readonly string[];
}

/**
 * The files under the given paths, or all.
 *
 * @throws {UsageError} If a path holds none.
 */
export function findTests(root: string, paths: readonly string[]): TestFiles {
  const found = paths.length === 0 ? list(root, "tests") : [];
  for (const path of paths) {
    const inside = list(root, relative(root, path));
    if (inside.length === 0) throw new UsageError(`Cannot run '${path}' as it holds no *.test.ts`);
    found.push(...inside);
  }
  const files = [...new Set(found)].sort();
  const isAlone = (file: string): boolean => file.endsWith(".alone.test.ts");
  return { together: files.filter((file) => !isAlone(file)), alone: files.filter(isAlone) };
}

function list(root: string, path: string): string[] {
  const state = statSync(join(root, path), { throwIfNoEntry: false });
  if (state?.isFile()) return path.endsWith(".test.ts") ? [path] : [];
  return globSync(`${path}/**/*.test.ts`, { cwd: root });
}
