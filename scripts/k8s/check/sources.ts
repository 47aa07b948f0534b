import { existsSync, statSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { parse } from "yaml";
import { UsageError } from "../../../workers/_runtime/errors.ts";
import { buildOverlay } from "./build.ts";
import { textAt } from "./fields.ts";

const KUSTOMIZATION = "kustomization.yaml";

/** Every overlay below a folder: what can be built by itself, no component. */
export async function overlaysIn(folder: string): Promise<readonly string[]> {
  if (!existsSync(folder)) throw new UsageError(`Cannot check '${folder}' as there is no such folder`);
  const paths = await readdir(folder, { recursive: true });
  const folders = paths
    .filter((path) => path.endsWith(KUSTOMIZATION))
    .map((path) => join(folder, path.slice(0, -KUSTOMIZATION.length)).replace(/\/$/, ""));
  const kinds = await Promise.all(folders.map(kindOf));
  const overlays = folders.filter((_, i) => kinds[i] === "Kustomization").sort();
  if (overlays.length > 0) return overlays;
  throw new UsageError(
    `Cannot check '${folder}' as it holds no overlay: no ${KUSTOMIZATION} of kind Kustomization`,
  );
}

async function kindOf(folder: string): Promise<string> {
  return textAt(parse(await readFile(join(folder, KUSTOMIZATION), "utf8")), "kind") ?? "Kustomization";
}

/**
 * The manifests of one argument as one text: `-` from standard input, an overlay as it is built, a file, or the YAML
 * files of a folder.
 * @throws {UsageError} when there is no such thing
 * @throws {NotBuilt} when an overlay can't be built
 */
export async function readSource(source: string, signal: AbortSignal): Promise<string> {
  if (source === "-") return await textOf(process.stdin);
  if (!existsSync(source))
    throw new UsageError(`Cannot check '${source}' as there is no such file or folder`);
  if (statSync(source).isFile()) return await readFile(source, "utf8");
  if (existsSync(join(source, KUSTOMIZATION))) return await buildOverlay(source, signal);
  const files = (await readdir(source, { recursive: true })).filter((path) => /\.ya?ml$/.test(path)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(source, file), "utf8")));
  return texts.join("\n---\n");
}
