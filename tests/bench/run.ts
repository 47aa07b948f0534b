/**
 * `npm run bench [-- CASE…]`: consume, keyed, emit, lateness, codec. Every contestant in turn, a process of its own, on a
 * private stack; medians, and ours to each peer as the ratio. See docs/benchmarks.md.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { failure } from "../../scripts/failure.ts";
import { endWithNpm } from "../../scripts/lifeline.ts";
import { startGuard } from "../../scripts/stack/guard.ts";
import { startStack } from "../../scripts/stack/start.ts";
import { jsonOf, tableOf } from "../../scripts/table.ts";
import { bareFleet } from "../_support/fleet.ts";
import type { Bench, Case, CaseResult, Options } from "./bench.ts";
import { codec } from "./codec.ts";
import { consume } from "./consume.ts";
import { runContestant } from "./contestant.ts";
import { emit } from "./emit.ts";
import { buildJava } from "./java/build.ts";
import { keyed } from "./keyed.ts";
import { lateness } from "./lateness.ts";
import { type Machine, machineLine, thisMachine } from "./machine.ts";

const CASES: Readonly<Record<string, Case>> = { consume, keyed, emit, lateness, codec };
const results = resolve(import.meta.dirname, "../../results");

interface Flags {
  readonly quick?: true;
  readonly rounds?: number;
  readonly records?: number;
  readonly keys?: string;
  readonly concurrency: number;
  readonly log: string;
  readonly java: boolean;
  readonly profile?: true;
  readonly json?: true;
  readonly timeout: number;
}

const count = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("must be a positive integer.");
};

const program = new Command("bench")
  .description(
    "Measures our runtime against its peers, in turn, on a stack of its own. About ten minutes in full.",
  )
  .argument("[case...]", `of ${Object.keys(CASES).join(", ")} (default: all)`)
  .option("--quick", "a tenth of the records and one round: for development, not for figures")
  .option("--rounds <n>", "counted rounds, after one of warming up (default: 3)", count)
  .option(
    "--records <n>",
    "of all but lateness alike (default: 2,000,000 to consume, 500,000 to emit, 10,000 keyed, 3,000,000 codec)",
    count,
  )
  .option("--keys <n,n>", "of keyed (default: 1,10,100,1000)")
  .option("--concurrency <n>", "of keyed, for all contestants", count, 64)
  .option("--timeout <seconds>", "of one contestant's process", count, 180)
  .addOption(new Option("--log <level>", "level at which ours logs; info is a line a record").default("warn"))
  .option("--no-java", "without the Java peers")
  .option("--profile", "write CPU profiles of ours to results/profiles")
  .option("--json", "the results as JSON on stdout");

async function main(names: readonly string[], flags: Flags, signal: AbortSignal): Promise<number> {
  const unknown = names.find((name) => !(name in CASES));
  if (unknown !== undefined) program.error(`error: no case is called '${unknown}'`);
  const machine = thisMachine();
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  say(machineLine(machine));
  const java = flags.java
    ? await buildJava(signal).catch((error: Error) => withoutJava(error, say))
    : undefined;
  const guard = startGuard(() => process.kill(process.pid, "SIGTERM"));
  const stack = await startStack({ services: ["kafka", "registry"], bench: true }, signal);
  const fleet = bareFleet({ ...process.env, ...stack.env });
  const logs = join(stack.folder, "logs");
  try {
    const bench: Bench = {
      brokers: stack.env.KAFKA_BROKERS ?? "",
      registry: stack.env.SCHEMA_REGISTRY_URL ?? "",
      fleet,
      java,
      options: optionsOf(flags),
      signal,
      say,
      contest: (name, contestant, words) =>
        runContestant(name, contestant, words, { guard, logs, timeoutSeconds: flags.timeout, signal }),
    };
    return await runCases(names.length > 0 ? names : Object.keys(CASES), bench, {
      machine,
      json: flags.json,
    });
  } finally {
    await fleet.close();
    await stack.stop();
    await guard.end();
  }
}

async function runCases(
  names: readonly string[],
  bench: Bench,
  { machine, json }: { machine: Machine; json: true | undefined },
): Promise<number> {
  let broken = 0;
  const finished: object[] = [];
  for (const name of names) {
    try {
      const result = await CASES[name]?.(bench);
      if (!result) continue;
      const written = { at: new Date().toISOString(), machine, options: bench.options, ...result };
      mkdirSync(results, { recursive: true });
      writeFileSync(join(results, `bench-${name}.json`), jsonOf(written));
      finished.push(written);
      if (!json) print(result);
    } catch (error) {
      bench.signal.throwIfAborted();
      broken++;
      bench.say(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (json) process.stdout.write(jsonOf(finished));
  return broken > 0 ? 1 : 0;
}

function print({ name, about, head, rows, verdicts }: CaseResult): void {
  process.stdout.write(`\n${name}: ${about}\n${tableOf(head, rows)}`);
  for (const { goal, figure, met } of verdicts)
    process.stdout.write(`${met ? "met" : "MISSED"}: ${goal}: ${Math.round(figure * 100) / 100}\n`);
}

function withoutJava(error: Error, say: (line: string) => void): undefined {
  say(`going without the Java peers: ${error.message.split("\n")[0]}`);
}

function optionsOf(flags: Flags): Options {
  const quick = flags.quick !== undefined;
  const rounds = flags.rounds ?? (quick ? 1 : 3);
  const size = (full: number) => flags.records ?? (quick ? full / 10 : full);
  const profiles = flags.profile === undefined ? undefined : join(results, "profiles");
  const keyedKeys = (flags.keys ?? "1,10,100,1000").split(",").map(count);
  return {
    rounds,
    consumeRecords: size(2_000_000),
    emitRecords: size(500_000),
    keyedRecords: size(10_000),
    codecRecords: size(3_000_000),
    keyedKeys,
    concurrency: flags.concurrency,
    latenessSeconds: quick ? 8 : 20,
    latenessRate: 1_000,
    log: flags.log,
    profiles,
  };
}

const end = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => (end.signal.aborted ? process.exit(130) : end.abort()));
}
endWithNpm();
try {
  program.exitOverride().parse();
  process.exitCode = await main(program.args, program.opts<Flags>(), end.signal);
} catch (error) {
  const { code, message } = failure(error);
  if (message !== "") process.stderr.write(end.signal.aborted ? "stopped\n" : `${message}\n`);
  process.exitCode = end.signal.aborted ? 130 : code;
}
