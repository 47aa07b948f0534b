import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A package that is part of the executable. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  /** Its licence's text, as it carries it; undefined when it has no such file. */
  readonly licenseText: string | undefined;
}

/**
 * The packages that own any of these files, sorted by name, then version.
 * @throws {Error} when one names no licence
 */
export function packagesOf(root: string, files: readonly string[]): BundledPackage[] {
  const folders = new Set(files.flatMap((file) => packageFolder(file) ?? []));
  return [...folders]
    .map((folder) => readPackage(root, folder))
    .sort((a, b) => (a.name < b.name || (a.name === b.name && a.version < b.version) ? -1 : 1));
}

/** `node_modules/a/node_modules/@b/c` of a file below it. */
function packageFolder(file: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

function readPackage(root: string, folder: string): BundledPackage {
  const { name, version, license }: { name: string; version: string; license?: unknown } = JSON.parse(
    readFileSync(join(root, folder, "package.json"), "utf8"),
  );
  if (typeof license !== "string")
    throw new Error(`Cannot list '${name}' as its package.json names no SPDX licence`);
  const text = readdirSync(join(root, folder)).find((file) => /^(licen[cs]e|copying)/i.test(file));
  const path = text === undefined ? undefined : join(root, folder, text);
  return {
    name,
    version,
    license,
    licenseText: path !== undefined && existsSync(path) ? readFileSync(path, "utf8").trim() : undefined,
  };
}
