/**
 * `npm run chaos:replay`: two overlapping plans are carried out by two replayers that are killed with -9 at random
 * points, again and again, while Redis is emptied and the broker restarted. Then: each letter replayed exactly once, by
 * one of the plans, and each job's outcomes right. Rounds of some minutes; results/chaos-replay.json keeps them, and a
 * later call goes on until KILLS are together.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Stack, startStack } from "../../scripts/stack/start.ts";
import { connectRedis, defineWorker, from, Permanent } from "../../workers/_runtime/mod.ts";
import { bareFleet, Note, noteTopic } from "../_support/fleet.ts";
import { bareHands, call, everyLetter, keepPlan, letter } from "../_support/letters.ts";
import { type Round, verdictOf, watchCopies } from "./replay-verdict.ts";

const kills = Number(process.env.KILLS ?? 50);
const killsARound = Number(process.env.KILLS_A_ROUND ?? 10);
const letters = Number(process.env.LETTERS ?? 24_000);
const rate = Number(process.env.RATE ?? 600);
const file = "results/chaos-replay.json";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** The same for a letter whoever asks: a tenth dies again. */
const fails = (n: number) => n % 10 === 3;

async function round(stack: Stack, logFile: number): Promise<Round> {
  const environment = { ...process.env, ...stack.env } as Record<string, string>;
  const f = bareFleet(environment);
  const source = noteTopic(f.unique("in"), 4);
  const out = noteTopic(f.unique("out"), 4);
  const worker = defineWorker({
    name: f.unique("w"),
    reads: [from(source, Note)],
    emits: [out],
    retry: ["1s"],
    handle(event, { emit }) {
      if (fails(event.n)) throw new Permanent("again");
      emit(out, event);
    },
  });
  await f.prepare([source, out], [worker]);
  const dlq = `${source.name}.${worker.name}.dlq`;
  const made = Array.from({ length: letters }, (_, n) =>
    letter(f, dlq, f.note(source, { key: `k${n % 500}`, n }), { partition: n % 4, offset: n }),
  );
  for (let at = 0; at < letters; at += 2_000) await f.send(made.slice(at, at + 2_000));
  const frozen = await everyLetter(f, dlq);
  const own = bareHands(f);
  const all = await keepPlan(own, frozen);
  const most = await keepPlan(
    own,
    frozen.map((part) => ({
      ...part,
      runs: part.runs.map(([first, count]) => [first, Math.ceil(count * 0.8)]),
    })),
  );
  const plans = [all.plan, most.plan];
  for (const plan of plans) await own.jobs.replay(plan, { reason: "chaos", pace: false, rate }, call);
  const running = await f.run(worker);
  const copies = watchCopies(f, `${source.name}.${worker.name}.replay`);

  const replayers: ChildProcess[] = [];
  const start = (at: number) => {
    replayers[at] = spawn(process.execPath, [join(import.meta.dirname, "replayer.ts")], {
      env: environment,
      stdio: ["ignore", logFile, logFile],
    });
  };
  start(0);
  start(1);
  const redis = await connectRedis(f.config.redis.url, { log: f.log });
  const ended = async () =>
    (await Promise.all(plans.map((plan) => own.jobs.job(plan, call)))).every(
      (job) => job.endedAt !== undefined,
    );
  let killed = 0;
  let emptied = 0;
  while (killed < killsARound && !(await ended())) {
    await sleep(500 + Math.random() * 3_000);
    const at = killed % 2;
    replayers[at]?.kill("SIGKILL");
    killed++;
    if (killed % 3 === 1) {
      await redis.call("FLUSHALL");
      emptied++;
    }
    if (killed === Math.ceil(killsARound / 2)) {
      await stack.kafka.kill();
      await stack.kafka.start(new AbortController().signal);
    }
    start(at);
    process.stdout.write(`killed ${killed} times, ${copies.count} copies\n`);
  }
  // What is left goes as fast as it can.
  for (const plan of plans)
    await own.jobs
      .control(plan, { order: "throttle", rate: undefined, reason: "the end" }, call)
      .catch(() => {});
  for (let i = 0; i < 240 && !(await ended()); i++) await sleep(500);
  const jobs = await Promise.all(plans.map((plan) => own.jobs.job(plan, call)));
  const verdict = verdictOf({
    letters,
    failing: Array.from({ length: letters }, (_, n) => n).filter(fails).length,
    copies: await copies.end(),
    events: (await f.all(out.name)).map(({ value }) => value?.toString("base64") ?? ""),
    jobs,
  });
  for (const replayer of replayers) replayer.kill("SIGKILL");
  await redis.close();
  await running.stop();
  await own.close();
  await f.close();
  return { time: new Date().toISOString(), killed, emptied, letters, ...verdict };
}

const rounds: Round[] = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
const folder = mkdtempSync(join(tmpdir(), "boxoffice-chaos-replay-"));
const logFile = openSync(join(folder, "log"), "a");
const services = { services: ["kafka", "registry", "redis"] as const };
const stack = await startStack({ services: [...services.services] }, new AbortController().signal);
try {
  const together = () => rounds.reduce((sum, { killed }) => sum + killed, 0);
  while (together() < kills && rounds.every(({ broken }) => broken.length === 0)) {
    rounds.push(await round(stack, logFile));
    mkdirSync("results", { recursive: true });
    writeFileSync(file, `${JSON.stringify(rounds, null, 2)}\n`);
    process.stdout.write(`${JSON.stringify(rounds.at(-1))}\n`);
  }
} finally {
  await stack.stop();
  closeSync(logFile);
}
const broken = rounds.flatMap((each) => each.broken);
process.stdout.write(
  broken.length === 0 ? "nothing broken\n" : `broken; the replayers' log is in ${folder}\n`,
);
process.exit(broken.length === 0 ? 0 : 1);
