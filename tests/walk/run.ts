/**
 * `npm run walk [-- LETTERS]`: the operator's night, for real. Starts a stack, a gateway that fails, the workers payment
 * and replayer; lets 40,000 payments die; then runs the commands of `docs/operators.md` one after the other and writes
 * their transcript into it. Exits 1 when a command doesn't answer as the walk says.
 */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pino } from "pino";
import { failure } from "../../scripts/failure.ts";
import { type Gateway, startGateway } from "../../scripts/gateway/start.ts";
import { endWithNpm } from "../../scripts/lifeline.ts";
import { pauseOrThrow } from "../../scripts/pause-or-throw.ts";
import { type Guard, startGuard } from "../../scripts/stack/guard.ts";
import { startStack } from "../../scripts/stack/start.ts";
import { startProcess } from "../../scripts/start/process.ts";
import { boxoffice, runCommand } from "../../scripts/start/self.ts";
import { connectBroker } from "../../workers/_runtime/broker.ts";
import { readConfig } from "../../workers/_runtime/mod.ts";
import { writeNight } from "./night.ts";
import { type Transcript, transcriptOf } from "./transcript.ts";
import { walk } from "./walk.ts";

const DOCUMENT = resolve(import.meta.dirname, "../../docs/operators.md");
const MARKS = ["<!-- walk -->", "<!-- /walk -->"] as const;
const LONGEST_NIGHT_MS = 10 * 60_000;

type Env = Readonly<Record<string, string>>;

const end = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(name, () => (end.signal.aborted ? process.exit(130) : end.abort(new Error("Stopped"))));
endWithNpm();
const guard = startGuard(() => end.abort());
try {
  await main(Number(process.argv[2] ?? 40_000), end.signal);
} catch (error) {
  const { code, message } = failure(error);
  process.stderr.write(end.signal.aborted ? "stopped\n" : `${message}\n`);
  process.exitCode = end.signal.aborted ? 130 : code;
} finally {
  await guard.end();
}

async function main(letters: number, signal: AbortSignal): Promise<void> {
  const stack = await startStack({}, signal);
  const gateway = await startGateway({ faults: { errorBefore: 1 } });
  const env: Env = {
    ...stack.env,
    PATH: process.env.PATH ?? "",
    BOXOFFICE_PROFILE: "local",
    BOXOFFICE_OPERATOR: "ada",
    GATEWAY_URL: gateway.url,
    RETRY_LADDER: "500ms",
    LOG_LEVEL: "warn",
  };
  try {
    await runCommand(["topics", "apply"], env, signal);
    await runCommand(["schemas", "register", "--yes"], env, signal);
    const transcript = await night(letters, env, gateway, signal);
    writeFileSync(DOCUMENT, withWalk(readFileSync(DOCUMENT, "utf8"), transcript.text()));
  } finally {
    await gateway.close();
    await stack.stop();
  }
}

async function night(letters: number, env: Env, gateway: Gateway, signal: AbortSignal): Promise<Transcript> {
  const config = readConfig(env, ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL"]);
  const broker = connectBroker(config.kafka, { clientId: "walk", log: pino({ level: "silent" }) });
  const logs = mkdtempSync(join(tmpdir(), "boxoffice-walk-"));
  const workers = ["payment", "replayer"].map((name) => runWorker(name, env, logs, guard));
  try {
    await writeNight(broker, config, letters, signal);
    await untilDead(letters, env, signal);
    gateway.changeFaults({ errorBefore: 0 });
    const transcript = transcriptOf(env, (text) => process.stdout.write(text));
    await walk(transcript);
    return transcript;
  } finally {
    await Promise.all(workers.map((worker) => worker.stop(15_000)));
    await broker.close();
  }
}

function runWorker(name: string, env: Env, logs: string, guard: Guard) {
  const call = boxoffice(["run", name]);
  return startProcess({ name, ...call, env, logFile: join(logs, `${name}.log`) }, guard);
}

async function untilDead(letters: number, env: Env, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + LONGEST_NIGHT_MS;
  for (;;) {
    const groups: { readonly letters: number } = JSON.parse(
      await runCommand(["dlq", "groups", "--json"], env, signal),
    );
    const dead = groups.letters;
    process.stderr.write(`${dead} of ${letters} are dead\n`);
    if (dead >= letters) return;
    if (performance.now() > deadline) throw new Error(`Only ${dead} of ${letters} died in time`);
    await pauseOrThrow(5000, signal);
  }
}

function withWalk(document: string, text: string): string {
  const [from, to] = MARKS.map((mark) => document.indexOf(mark));
  if (from === undefined || to === undefined || from < 0 || to < from)
    throw new Error(`Cannot write the walk as docs/operators.md lacks ${MARKS.join(" … ")}`);
  return `${document.slice(0, from + MARKS[0].length)}\n${text}\n${document.slice(to)}`;
}
