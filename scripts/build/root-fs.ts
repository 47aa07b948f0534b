import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "../../workers/_runtime/errors.ts";

/** The user of distroless images, and of our manifests. */
export const NON_ROOT = 65_532;

/** Where a container runtime mounts something. */
const MOUNT_POINTS = ["proc", "dev", "sys", "tmp", "run/secrets"];

/**
 * Makes a root file system of the executable, the libraries that it is linked with, and a user: all that a container
 * image of it needs. Certificates are Node's own.
 * @returns The files, as paths in it.
 * @throws {UsageError} when the folder holds something, or this isn't Linux
 */
export function makeRootFs(executable: string, folder: string): readonly string[] {
  if (process.platform !== "linux")
    throw new UsageError("Cannot make a root file system as this isn't Linux");
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0)
    throw new UsageError(`Cannot make a root file system in '${folder}' as it isn't empty`);
  for (const name of MOUNT_POINTS) mkdirSync(join(folder, name), { recursive: true });
  const files = new Map([
    ["/boxoffice", executable],
    ...librariesOf(executable).map((path) => [path, path] as const),
  ]);
  for (const [path, source] of files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(realpathSync(source), target);
  }
  mkdirSync(join(folder, "etc"), { recursive: true });
  writeFileSync(join(folder, "etc/passwd"), `nonroot:x:${NON_ROOT}:${NON_ROOT}:nonroot:/:/sbin/nologin\n`);
  writeFileSync(join(folder, "etc/group"), `nonroot:x:${NON_ROOT}:\n`);
  return [...files.keys(), "/etc/passwd", "/etc/group"];
}

/** What the dynamic loader would load, itself included. */
function librariesOf(executable: string): string[] {
  const { status, stdout, stderr } = spawnSync("ldd", [executable], { encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot tell the libraries of '${executable}': ${stderr || stdout}`);
  return parseLdd(stdout);
}

/**
 * Paths from what `ldd` prints.
 * @throws {Error} naming a library that isn't there
 */
export function parseLdd(text: string): string[] {
  const missing = /^\s*(\S+) => not found/m.exec(text);
  if (missing) throw new Error(`Cannot find the library '${missing[1]}'`);
  return [...text.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)].map(([, path = ""]) => path);
}
