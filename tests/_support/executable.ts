import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import type { Test } from "tap";
import { type Built, buildAll } from "../../scripts/build/build-all.ts";
import { targetNamed } from "../../scripts/build/target.ts";
import type { Ended } from "../scripts/boxoffice.ts";

export const root = resolve(import.meta.dirname, "../..");

/** A folder that goes with the test. */
export function scratchFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "boxoffice-executable-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** Builds this machine's executable as `npm run build` does, into a folder of the test's own. */
export async function built(t: Test): Promise<Built> {
  const folder = scratchFolder(t);
  const [scratch, out] = [join(folder, "scratch"), join(folder, "out")];
  for (const each of [scratch, out]) mkdirSync(each);
  const target = targetNamed(`${process.platform}-${process.arch}`);
  return await buildAll({ root, scratch, out, target, env: process.env });
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
