import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../stack/folders.ts";
import { bundleProgram } from "./bundle.ts";
import { carriedFiles } from "./carried.ts";
import { sourceCommit } from "./commit.ts";
import { makeExecutable } from "./executable.ts";
import { nodeOptions } from "./grants.ts";
import { isPermissive, licensesText } from "./licenses.ts";
import { findNode } from "./node-binary.ts";
import { packagesOf } from "./packages.ts";
import { sbomOf } from "./sbom.ts";
import { isHost, type Target } from "./target.ts";

export interface BuildOptions {
  readonly root: string;
  /** For intermediate files; exists. */
  readonly scratch: string;
  /** Where the results go; exists. */
  readonly out: string;
  readonly target: Target;
  /** For `SOURCE_COMMIT`. */
  readonly env: NodeJS.ProcessEnv;
}

export interface Built {
  readonly executable: string;
  readonly sbom: string;
  readonly licenses: string;
  /** What the person who builds should know. */
  readonly notes: readonly string[];
}

/**
 * Builds everything that is shipped. This machine's executable is named `boxoffice`, another's after its target.
 * @throws {Error} when a step fails, or a part's licence is not permissive
 */
export async function buildAll({ root, scratch, out, target, env }: BuildOptions): Promise<Built> {
  const program = await bundleProgram({ root, commit: sourceCommit(root, env) });
  const carried = carriedFiles(root);
  const packages = packagesOf(root, [...program.inputs, ...Object.keys(carried)]);
  const refused = packages.filter(({ license }) => !isPermissive(license));
  if (refused.length > 0)
    throw new Error(
      `Cannot ship ${refused.map(({ name, license }) => `'${name}' (${license})`).join(", ")}: only permissive licences`,
    );
  const node = findNode(root, cacheFolder(), target);
  const host = isHost(target);
  const name = host ? "boxoffice" : `boxoffice-${target.platform}-${target.arch}`;
  const strip = target.platform === "linux" && host && hasTool("strip");
  const built = {
    executable: join(out, name),
    sbom: join(out, `${name}.cdx.json`),
    licenses: join(out, host ? "LICENSES.txt" : `${name}.LICENSES.txt`),
  };
  makeExecutable(
    {
      program,
      carried,
      node: process.execPath,
      base: node.binary,
      nodeOptions: nodeOptions(),
      compile: host,
      strip,
    },
    { scratch, output: built.executable },
  );
  writeFileSync(built.sbom, sbomOf(root, packages, { package: target.nodePackage, version: node.version }));
  const license = readFileSync(node.license, "utf8");
  writeFileSync(built.licenses, licensesText(packages, { version: node.version, license }));
  return { ...built, notes: notes(target, host, strip) };
}

function notes(target: Target, host: boolean, stripped: boolean): string[] {
  return [
    ...(stripped || target.platform !== "linux"
      ? []
      : host
        ? ["not stripped, a fifth larger: strip is missing (apt-get install binutils)"]
        : ["not stripped: it is another platform's"]),
    ...(host
      ? []
      : ["without compiled code, which only the platform itself can make: starts a little slower"]),
    ...(target.platform === "darwin"
      ? ["macOS starts it only once it is signed: codesign --sign - --force, on a Mac"]
      : []),
  ];
}

function hasTool(name: string): boolean {
  return spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0;
}
