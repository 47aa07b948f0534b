import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import type { Test } from "tap";
import type { Ended } from "../scripts/boxoffice.ts";

export const root = resolve(import.meta.dirname, "../..");

/** A folder that goes with the test. */
export function scratchFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "boxoffice-executable-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

export interface Built {
  readonly executable: string;
  readonly sbom: string;
}

/**
 * Builds this machine's executable as `npm run build` does, into a folder of the test's own. Without the options that
 * the test runner gives each Node it can see: what they load would be part of how code is compiled.
 */
export function built(t: Test): Built {
  const out = scratchFolder(t);
  const script = 'unset NODE_OPTIONS; exec "$0" scripts/build/run.ts --out "$1"';
  execFileSync("sh", ["-c", script, process.execPath, out], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return { executable: join(out, "boxoffice"), sbom: join(out, "boxoffice.cdx.json") };
}

/** Runs the executable with nothing in its environment but `env` and PATH. */
export async function call(
  executable: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Ended> {
  const child = spawn(executable, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}
