/**
 * The gate, `npm test [-- PATH…]`: format, lint, types, then the tests: all that share one local stack, then
 * those that want to be alone. With paths only the tests in them. The last line is `N passed, N failed`.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { failure } from "../scripts/failure.ts";
import { endWithNpm } from "../scripts/lifeline.ts";
import { startGuard } from "../scripts/stack/guard.ts";
import { startStack } from "../scripts/stack/start.ts";
import { findTests } from "./_gate/files.ts";
import type { Totals } from "./_gate/report.ts";
import { buildTap, type Gate, runTap, runTool } from "./_gate/tap.ts";
import { isStrict, readLeftOut } from "./left-out.ts";

const root = resolve(import.meta.dirname, "..");

async function main(paths: readonly string[], gate: Gate): Promise<Totals> {
  const totals: Totals[] = [];
  const files = findTests(root, paths);
  if (paths.length === 0) {
    totals.push(asTotals(await runTool("biome", ["check", "--error-on-warnings", "."], gate)));
    totals.push(asTotals(await runTool("tsc", ["-p", "."], gate)));
  }
  await buildTap(gate);
  const scratch = mkdtempSync(join(tmpdir(), "boxoffice-gate-"));
  gate.guard.remove(scratch);
  const leftOut = join(scratch, "left-out.ndjson");
  const env = { BOXOFFICE_PROFILE: "test", BOXOFFICE_LEFT_OUT: leftOut };
  if (files.together.length > 0) totals.push(await runShared(files.together, env, gate));
  totals.push(await runTap(files.alone, 1, env, gate));
  for (const { suite, why } of readLeftOut(leftOut)) process.stdout.write(`left out: ${suite}: ${why}\n`);
  return {
    passed: totals.reduce((sum, { passed }) => sum + passed, 0),
    failed: totals.reduce((sum, { failed }) => sum + failed, 0),
  };
}

async function runShared(
  files: readonly string[],
  env: Readonly<Record<string, string>>,
  gate: Gate,
): Promise<Totals> {
  const stack = await startStack({}, gate.signal);
  try {
    return await runTap(files, 2, { ...env, ...stack.env }, gate);
  } finally {
    await stack.stop();
  }
}

function asTotals(passed: boolean): Totals {
  return passed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

const end = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => (end.signal.aborted ? process.exit(130) : end.abort()));
}
endWithNpm();
const guard = startGuard(() => end.abort());
try {
  const totals = await main(process.argv.slice(2), { root, guard, signal: end.signal });
  process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
  if (isStrict()) process.stdout.write("strict: what is left out counts as failed\n");
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`);
} catch (error) {
  const { code, message } = failure(error);
  process.stderr.write(end.signal.aborted ? "stopped\n" : `${message}\n0 passed, 1 failed\n`);
  process.exitCode = end.signal.aborted ? 130 : code;
} finally {
  await guard.end();
}
