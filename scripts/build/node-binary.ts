import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Unavailable } from "../../workers/_runtime/errors.ts";
import type { Target } from "./target.ts";

export interface NodePackage {
  readonly version: string;
  readonly binary: string;
  /** Node's licence with those of all that is compiled into it. */
  readonly license: string;
}

/**
 * The Node that the project pins, for the target: from node_modules, or for another platform than this machine's from
 * its npm package, kept in the cache.
 * @throws {Unavailable} when npm can't fetch it
 */
export function findNode(root: string, cache: string, target: Target): NodePackage {
  const version = pinnedVersion(root, target.nodePackage);
  const installed = join(root, "node_modules", target.nodePackage);
  const folder = existsSync(join(installed, "bin", "node"))
    ? installed
    : fetchPackage(cache, target.nodePackage, version);
  return { version, binary: join(folder, "bin", "node"), license: join(folder, "LICENSE") };
}

function pinnedVersion(root: string, name: string): string {
  const manifest: { readonly optionalDependencies?: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  const version = manifest.optionalDependencies?.[name];
  if (version === undefined)
    throw new Error(`Cannot find Node as package.json pins no '${name}' among its optionalDependencies`);
  return version;
}

function fetchPackage(cache: string, name: string, version: string): string {
  const folder = join(cache, `${name}-${version}`);
  if (existsSync(folder)) return folder;
  const half = `${folder}.half-${process.pid}`;
  mkdirSync(half, { recursive: true });
  try {
    call("npm", ["pack", "--silent", "--pack-destination", half, `${name}@${version}`]);
    call("tar", ["-xzf", join(half, `${name}-${version}.tgz`), "-C", half, "package"]);
    renameSync(join(half, "package"), folder);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
  return folder;
}

function call(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0)
    throw new Unavailable(
      "npm",
      `Cannot fetch Node: ${command} ${args.join(" ")}: ${error?.message ?? stderr}`,
    );
}
