/**
 * `npm run oracles [-- PROOF…]`: the full counts, in chunks; what is done is kept in results/oracles.json, and a later
 * call goes on from there. `--status` tells how far it is, `--again` forgets. To leave it to itself:
 * `npm run oracles > oracles.log 2>&1 &`. Exit codes: 0 everything was asked and nobody disagrees; 1 somebody does.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startJava } from "./java.ts";
import { askAll, type Judges, PROOFS, type Proof } from "./proofs.ts";
import { startPython } from "./python.ts";
import { add, emptyTally, type Tally } from "./tally.ts";

const file = join(resolve(import.meta.dirname, "../.."), "results", "oracles.json");
const CHUNKS = 60;

interface Progress extends Tally {
  /** The seed that comes next; from 1. */
  next: number;
  /** Seconds spent so far. */
  seconds: number;
}
interface Results {
  judges: readonly string[];
  proofs: Record<string, Progress>;
}

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { status: { type: "boolean" }, again: { type: "boolean" } },
});
const names = positionals.length > 0 ? positionals : Object.keys(PROOFS);
const unknown = names.find((name) => !(name in PROOFS));
if (unknown !== undefined) {
  console.error(`There is no proof '${unknown}': they are ${Object.keys(PROOFS).join(", ")}`);
  process.exit(2);
}
const results: Results =
  existsSync(file) && !flags.again ? JSON.parse(readFileSync(file, "utf8")) : { judges: [], proofs: {} };
if (!flags.status) await runAll();
process.exitCode = say();

async function runAll(): Promise<void> {
  const end = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => end.abort());
  const judges: Judges = { java: await startJava(end.signal), python: await startPython(end.signal) };
  results.judges = [judges.java.version, judges.python.version];
  try {
    for (const name of names) {
      const proof = PROOFS[name];
      if (proof !== undefined) await run(name, proof, judges, end.signal);
    }
  } finally {
    await Promise.all([judges.java.close(), judges.python.close()]);
  }
}

async function run(name: string, proof: Proof, judges: Judges, signal: AbortSignal): Promise<void> {
  results.proofs[name] ??= { next: 1, seconds: 0, ...emptyTally() };
  const progress = results.proofs[name];
  const chunk = Math.ceil(proof.full / CHUNKS);
  while (progress.next <= proof.full && !signal.aborted) {
    const begun = performance.now();
    const to = Math.min(progress.next + chunk, proof.full + 1);
    await askAll(proof, judges, { from: progress.next, to }, (tally) => add(progress, tally));
    progress.next = to;
    progress.seconds += (performance.now() - begun) / 1000;
    keep();
    console.log(`${name}: ${to - 1} of ${proof.full} seeds, ${progress.found.length} found`);
  }
}

/** Whole or not at all: it may be killed at any time. */
function keep(): void {
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(results, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

function say(): number {
  for (const version of results.judges) console.log(version);
  let code = 0;
  for (const name of names) {
    const { next = 1, seconds = 0, counts = {}, found = [] } = results.proofs[name] ?? {};
    const full = PROOFS[name]?.full ?? 0;
    console.log(`\n${name}: ${next - 1} of ${full} seeds, ${Math.round(seconds)} s`);
    for (const [what, count] of Object.entries(counts))
      console.log(`  ${String(count).padStart(10)}  ${what}`);
    for (const each of found.slice(0, 5)) console.log(`  ${JSON.stringify(each).slice(0, 1_000)}`);
    if (next <= full || found.length > 0) code = 1;
  }
  return code;
}
