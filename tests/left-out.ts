import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Test } from "tap";

/** A suite that wasn't run, and why. */
export interface LeftOut {
  readonly suite: string;
  readonly why: string;
}

/** Set by CI (and by `BOXOFFICE_STRICT=1`): what is left out counts as failed. */
export function isStrict(env: NodeJS.ProcessEnv = process.env): boolean {
  return [env.CI, env.BOXOFFICE_STRICT].some(
    (value) => value !== undefined && !["", "0", "false"].includes(value),
  );
}

/**
 * Leaves a suite out because an optional tool is missing: `npm test` names it at its end, and fails in strict
 * mode. Call it instead of the suite's tests:
 *
 * ```ts
 * const chromium = findTool("chromium");
 * if (chromium === undefined) leaveOut(t, "console in a browser", "chromium is missing: apt-get install chromium");
 * else t.test(…);
 * ```
 */
export function leaveOut(t: Test, suite: string, why: string): void {
  const file = process.env.BOXOFFICE_LEFT_OUT;
  const entry: LeftOut = { suite, why };
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(entry)}\n`);
  if (isStrict()) t.fail(`${suite} left out: ${why}`);
  else t.pass(`${suite} left out: ${why}`, { skip: why });
}

/** @returns The full path of the first of these commands that PATH holds. */
export function findTool(...names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

/** What was left out during a run. */
export function readLeftOut(file: string): LeftOut[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line): LeftOut => JSON.parse(line));
}
