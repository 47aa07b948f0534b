import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { getAssetKeys, getRawAsset, isSea } from "node:sea";

/** The project's root; undefined in the executable, which has no sources beside it. */
export const checkout: string | undefined = isSea() ? undefined : resolve(import.meta.dirname, "../..");

/** Before the name of a file that travels with the project, where a person may also name a file of their own. */
const MARK = "shipped:";

/**
 * A file that travels with the project, by its path below the root: read from the checkout, or carried by the executable
 * (`scripts/build/carried.ts` lists what is), which needs no permission for it.
 * @throws {Error} when there is none of that name
 */
export function readShipped(name: string): Buffer {
  if (checkout !== undefined) return readFileSync(join(checkout, name));
  return Buffer.from(getRawAsset(name));
}

/** Names of all files that travel below a folder, sorted, as `readShipped` takes them. */
export function shippedBelow(folder: string): readonly string[] {
  if (checkout === undefined)
    return getAssetKeys()
      .filter((name) => name.startsWith(`${folder}/`))
      .sort();
  const root = join(checkout, folder);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(folder, entry.parentPath.slice(root.length), entry.name).replaceAll("\\", "/"))
    .sort();
}

/** How a shipped file is named where a person may also name one of their own: `shipped:scripts/…`. */
export function shipped(name: string): string {
  return `${MARK}${name}`;
}

/** A shipped file's name, if `path` names one by `shipped()`. */
export function shippedName(path: string): string | undefined {
  return path.startsWith(MARK) ? path.slice(MARK.length) : undefined;
}

/** What a person named: a file of their own, or a shipped one. */
export function readGiven(path: string): Buffer {
  const name = shippedName(path);
  return name === undefined ? readFileSync(path) : readShipped(name);
}
