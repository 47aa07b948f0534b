import { Unavailable } from "../../../workers/_runtime/mod.ts";
import type { Git } from "./git.ts";

/** A file in a tree: its name and the hash of its content. */
export interface TreeEntry {
  readonly name: string;
  readonly object: string;
}

/**
 * Reads many objects by one process (`git cat-file --batch`): a process for each file of each commit would take
 * minutes.
 * @param names - hashes, or `<commit>:./schemas`
 * @returns One for each name, undefined where the repository has none
 * @throws {Unavailable} when git fails, e.g. because an object of a shallow or broken clone is missing
 */
export async function readObjects(git: Git, names: readonly string[]): Promise<(Buffer | undefined)[]> {
  if (names.length === 0) return [];
  const answer = await git(["cat-file", "--batch"], `${names.join("\n")}\n`);
  if (!answer.ok) throw new Unavailable("git", `Cannot read the history: ${answer.why}`);
  return parseBatch(answer.bytes, names.length);
}

/** The answers of `git cat-file --batch`: `<hash> <type> <bytes>`, the content, a line end; or `<name> missing`. */
function parseBatch(bytes: Buffer, count: number): (Buffer | undefined)[] {
  const objects: (Buffer | undefined)[] = [];
  let at = 0;
  while (objects.length < count) {
    const end = bytes.indexOf(0x0a, at);
    if (end === -1) throw new Unavailable("git", "Cannot read the history as git's answer ends early");
    const head = bytes.toString("utf8", at, end);
    at = end + 1;
    const size = / (?:blob|tree|commit|tag) (\d+)$/.exec(head)?.[1];
    if (size === undefined) {
      objects.push(undefined);
      continue;
    }
    objects.push(bytes.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return objects;
}

/** A tree object: `<mode> <name>`, a zero, the hash; again and again. @param hashBytes - 20, or 32 with SHA-256 */
export function parseTree(tree: Buffer, hashBytes: number): TreeEntry[] {
  const entries: TreeEntry[] = [];
  let at = 0;
  while (at < tree.length) {
    const space = tree.indexOf(0x20, at);
    const zero = tree.indexOf(0x00, space);
    if (space === -1 || zero === -1) break;
    const name = tree.toString("utf8", space + 1, zero);
    at = zero + 1 + hashBytes;
    entries.push({ name, object: tree.toString("hex", zero + 1, at) });
  }
  return entries;
}
