/**
 * `npm run bench:executable`: from exec to the first record that is through, memory when idle, and size of the
 * executable's payment worker; beside it the least consumer that kafkajs makes. A stack of its own.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { reservations } from "../../schemas/topics.ts";
import { ReservationRequested } from "../../schemas/types.ts";
import { buildAll } from "../../scripts/build/build-all.ts";
import { targetNamed } from "../../scripts/build/target.ts";
import { startGateway } from "../../scripts/gateway/start.ts";
import { startStack } from "../../scripts/stack/start.ts";
import { jsonOf, tableOf } from "../../scripts/table.ts";
import { createCodec } from "../../workers/_runtime/codec.ts";
import { encodeEvent } from "../../workers/_runtime/context.ts";
import { connectRegistry } from "../../workers/_runtime/registry.ts";
import { bareFleet, type Fleet } from "../_support/fleet.ts";
import { median } from "./interleave.ts";
import { machineLine, thisMachine } from "./machine.ts";

const GOALS = { seconds: 0.6, rssMb: 105, sizeMb: 130 } as const;
const IDLE_MS = 5_000;
const PATIENCE_MS = 30_000;
const root = resolve(import.meta.dirname, "../..");

interface Start {
  /** From exec until the record's outcome can be read, or, of the peer, until its handler has it. */
  readonly seconds: number;
  readonly rssMb: number;
  /** Of that, its own: the rest are pages of the file, which all its processes on a machine share. */
  readonly anonMb: number;
}

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "7" }, json: { type: "boolean" } },
});
const rounds = Number(values.rounds);
const machine = thisMachine();
process.stderr.write(`${machineLine(machine)}\n`);
const scratch = mkdtempSync(join(tmpdir(), "boxoffice-bench-"));
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
const stack = await startStack({ services: ["kafka", "registry"], bench: true }, stop.signal);
const gateway = await startGateway();
const env = {
  ...process.env,
  ...stack.env,
  GATEWAY_URL: gateway.url,
  BOXOFFICE_PROFILE: "local",
  HEALTH_PORT: "0",
  LOG_LEVEL: "warn",
};
const fleet = bareFleet(env);
try {
  const executable = await build();
  for (const args of [
    ["topics", "apply"],
    ["schemas", "register"],
  ])
    await ended(spawn(executable, args, { env, stdio: ["ignore", "ignore", "inherit"] }));
  const send = await sender(fleet);
  const found: Record<string, Start[]> = { "boxoffice run payment": [], "a plain kafkajs consumer": [] };
  for (let round = 0; round <= rounds; round++) {
    const [ours, plain] = [await startOurs(executable, send), await startPlain(send)];
    // The first round fills the page cache.
    if (round > 0)
      for (const [name, start] of [
        ["boxoffice run payment", ours],
        ["a plain kafkajs consumer", plain],
      ] as const)
        found[name]?.push(start);
  }
  report(found, statSync(executable).size / 1e6);
} finally {
  await fleet.close();
  await gateway.close();
  await stack.stop();
  rmSync(scratch, { recursive: true, force: true });
}

async function build(): Promise<string> {
  const [parts, out] = [join(scratch, "parts"), join(scratch, "out")];
  for (const folder of [parts, out]) mkdirSync(folder);
  const target = targetNamed(`${process.platform}-${process.arch}`);
  const { executable } = await buildAll({ root, scratch: parts, out, target, env: process.env });
  asInstalled(executable);
  return executable;
}

/**
 * A file that was just written lies in the page cache in large pieces, and the kernel maps whole ones: half of Node more
 * than after it was read from a disk, which is how a pod starts it.
 */
function asInstalled(file: string): void {
  spawnSync("sync", [file]);
  const { status } = spawnSync("dd", [`if=${file}`, "iflag=nocache", "count=0"], { stdio: "ignore" });
  if (status !== 0)
    process.stderr.write("dd can't drop the executable from the page cache: memory will be off\n");
}

/** Puts a request into the topic, and says its name. */
async function sender({ broker, config }: Fleet): Promise<() => Promise<string>> {
  const codec = createCodec({
    registry: connectRegistry(config.registry),
    records: [ReservationRequested],
    topics: [reservations],
  });
  await codec.ready(stop.signal);
  const producer = broker.producer();
  return async () => {
    const reservationId = randomUUID();
    const now = Date.now();
    await producer.send([
      encodeEvent(codec, reservations, {
        ...{
          type: "ReservationRequested",
          reservationId,
          customerId: "c-1",
          concertId: "bench",
          seats: ["A-1"],
        },
        ...{
          amount: 100,
          currency: "EUR",
          card: "tok_visa_4242",
          requestedAt: now,
          holdUntil: now + 600_000,
        },
      } satisfies ReservationRequested),
    ]);
    return reservationId;
  };
}

async function startOurs(executable: string, send: () => Promise<string>): Promise<Start> {
  const reservationId = await send();
  const before = await fleet.broker.admin.offsets("payments");
  const begun = performance.now();
  const child = spawn(executable, ["run", "payment"], { env, stdio: ["ignore", "inherit", "inherit"] });
  const places = before.map(({ partition, high }) => ({ partition, offset: high }));
  while (!(await answered(places, reservationId))) {
    if (performance.now() - begun > PATIENCE_MS) throw new Error("payment did not answer");
    await sleep(2);
  }
  return await idle(child, (performance.now() - begun) / 1000);
}

/** Whether payment's event about it is there, read committed. */
async function answered(
  places: { partition: number; offset: number }[],
  reservationId: string,
): Promise<boolean> {
  for (const place of places) {
    for (const { value, offset } of await fleet.broker.readAt(
      "payments",
      place.partition,
      place.offset,
      100_000,
    )) {
      place.offset = offset + 1;
      if (value?.includes(reservationId)) return true;
    }
  }
  return false;
}

async function startPlain(send: () => Promise<string>): Promise<Start> {
  await send();
  const words = {
    brokers: stack.env.KAFKA_BROKERS ?? "",
    topic: "reservations",
    group: `plain-${randomUUID()}`,
  };
  const file = join(import.meta.dirname, "peers/first-record-kafkajs.ts");
  const begun = performance.now();
  const quiet = "--disable-warning=TimeoutNegativeWarning";
  const child = spawn(
    process.execPath,
    [quiet, file, ...Object.entries(words).map(([name, value]) => `${name}=${value}`)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  await once(child.stdout, "data", { signal: AbortSignal.timeout(PATIENCE_MS) });
  return await idle(child, (performance.now() - begun) / 1000);
}

/** Its memory after a while with nothing to do; then it is ended. */
async function idle(child: ChildProcess, seconds: number): Promise<Start> {
  await sleep(IDLE_MS);
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  const megabytes = (row: string) =>
    Number(new RegExp(`^${row}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? Number.NaN) / 1000;
  child.kill("SIGTERM");
  await ended(child, true);
  return { seconds, rssMb: megabytes("VmRSS"), anonMb: megabytes("RssAnon") };
}

async function ended(child: ChildProcess, anyhow = false): Promise<void> {
  const [code] = child.exitCode === null ? await once(child, "exit") : [child.exitCode];
  if (code !== 0 && !anyhow) throw new Error(`${child.spawnargs.join(" ")} ended with ${code}`);
}

function report(found: Readonly<Record<string, readonly Start[]>>, sizeMb: number): void {
  mkdirSync(join(root, "results"), { recursive: true });
  const written = { at: new Date().toISOString(), machine, sizeMb, starts: found };
  writeFileSync(join(root, "results/bench-executable.json"), jsonOf(written));
  if (values.json) return void process.stdout.write(jsonOf(written));
  const figures = Object.entries(found).map(([name, starts]) => {
    const of = (figure: (start: Start) => number) => starts.map(figure);
    const [seconds, rss] = [of((each) => each.seconds), of((each) => each.rssMb)];
    const own = median(of((each) => each.anonMb));
    return [
      name,
      median(seconds).toFixed(3),
      Math.max(...seconds).toFixed(3),
      median(rss).toFixed(0),
      own.toFixed(0),
    ];
  });
  process.stdout.write(tableOf(["", "first record, s", "slowest, s", "idle MB", "its own"], figures));
  const ours = found["boxoffice run payment"] ?? [];
  const met = (what: string, figure: number, goal: number) =>
    process.stdout.write(
      `${figure <= goal ? "met" : "MISSED"}: ${what}: ${figure.toFixed(3)}, at most ${goal}\n`,
    );
  met("first record, s", median(ours.map(({ seconds }) => seconds)), GOALS.seconds);
  met("idle, MB", median(ours.map(({ rssMb }) => rssMb)), GOALS.rssMb);
  met("size, MB", sizeMb, GOALS.sizeMb);
}
