import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MARK } from "./yaml.ts";

export interface FileChange {
  /** Below the folder. */
  readonly path: string;
  readonly change: "missing" | "differs" | "stale";
}

/** Where the folder isn't as generated; files without the mark are people's, and never looked at. */
export async function fileChanges(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<readonly FileChange[]> {
  const changes: FileChange[] = [];
  for (const [path, text] of files) {
    const file = join(folder, path);
    if (!existsSync(file)) changes.push({ path, change: "missing" });
    else if ((await readFile(file, "utf8")) !== text) changes.push({ path, change: "differs" });
  }
  for (const path of await markedFiles(folder)) {
    if (!files.has(path)) changes.push({ path, change: "stale" });
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Makes the folder as generated: writes what is missing or differs, removes what nothing generates any more. */
export async function writeChanges(
  folder: string,
  files: ReadonlyMap<string, string>,
  changes: readonly FileChange[],
): Promise<void> {
  for (const { path, change } of changes) {
    const file = join(folder, path);
    if (change === "stale") {
      await rm(file);
      continue;
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, files.get(path) ?? "");
  }
}

async function markedFiles(folder: string): Promise<readonly string[]> {
  if (!existsSync(folder)) return [];
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith(".yaml"));
  const marked: string[] = [];
  for (const path of paths) {
    if ((await readFile(join(folder, path), "utf8")).startsWith(MARK)) marked.push(path);
  }
  return marked;
}
