/**
 * `npm run chaos`: three members of one group handle RECORDS records over KEYS keys, 5 % of which fail once or twice,
 * while members are killed with -9, stopped for longer than their session, or told to go. Then: nothing lost, no key out
 * of order, each record's event out exactly once. Minutes long; the verdict goes to results/chaos.json.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startStack } from "../../scripts/stack/start.ts";
import { bareFleet, noteTopic } from "../_support/fleet.ts";
import { type Effect, judge } from "./verdict.ts";

const records = Number(process.env.RECORDS ?? 100_000);
const keys = Number(process.env.KEYS ?? 5_000);
const rate = Number(process.env.RATE ?? 3_000);
const faults = Number(process.env.FAULTS ?? 8);
const kinds = (process.env.KINDS ?? "SIGKILL,SIGSTOP,SIGTERM").split(",");

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const stack = process.env.KAFKA_BROKERS
  ? undefined
  : await startStack({ services: ["kafka", "registry"] }, new AbortController().signal);
const environment = { ...process.env, ...stack?.env } as Record<string, string>;
const folder = mkdtempSync(join(tmpdir(), "boxoffice-chaos-"));
const fleet = bareFleet(environment);
const topic = noteTopic(fleet.unique("in"), 12);
const out = noteTopic(fleet.unique("out"), 12);
const name = fleet.unique("chaos");
const { defineWorker, from } = await import("../../workers/_runtime/mod.ts");
const { Note } = await import("../_support/fleet.ts");
const declared = defineWorker({
  name,
  reads: [from(topic, Note)],
  emits: [out],
  retry: ["1s", "2s"],
  handle() {},
});
// The test profile's own ladder must not replace this one.
await fleet.prepare([topic, out], [declared]);

const members = new Map<string, ChildProcess>();
const logFile = openSync(join(folder, "log"), "a");
const start = (id: string) => {
  const env = {
    ...environment,
    TOPIC: topic.name,
    OUT: out.name,
    WORKER: name,
    EFFECTS: join(folder, `effects.${id}.${Date.now()}`),
  };
  members.set(
    id,
    spawn(process.execPath, [join(import.meta.dirname, "member.ts")], {
      env,
      stdio: ["ignore", logFile, logFile],
    }),
  );
};
for (const id of ["a", "b", "c"]) start(id);
await sleep(3_000);

let sent = 0;
const produce = (async () => {
  const begun = performance.now();
  while (sent < records) {
    const due = Math.min(records, Math.floor(((performance.now() - begun) / 1000) * rate));
    const batch = [];
    for (; sent < due; sent++) batch.push(fleet.note(topic, { key: `k${(sent * 7919) % keys}`, n: sent }));
    for (let i = 0; i < batch.length; i += 500) await fleet.send(batch.slice(i, i + 500));
    await sleep(20);
  }
})();

const done: string[] = [];
for (let i = 0; i < faults; i++) {
  await sleep(3_000 + Math.random() * 4_000);
  const id = "abc"[Math.floor(Math.random() * 3)] ?? "a";
  const kind = kinds[i % kinds.length] ?? "SIGKILL";
  const member = members.get(id);
  done.push(`${kind} ${id}`);
  process.stdout.write(`${kind} ${id}, ${sent} sent\n`);
  member?.kill(kind as NodeJS.Signals);
  if (kind === "SIGSTOP") {
    await sleep(9_000);
    member?.kill("SIGCONT");
  } else {
    await sleep(500 + Math.random() * 2_000);
    start(id);
  }
}
await produce;

const effectsNow = (): Effect[] =>
  readdirSync(folder)
    .filter((file) => file.startsWith("effects."))
    .flatMap((file) =>
      readFileSync(join(folder, file), "utf8")
        .split("\n")
        .filter((line) => line !== "" && line.split(" ").length === 6)
        .map((line) => {
          const [begin = "0", end = "0", id = "", key = "", n = "0"] = line.split(" ");
          return { start: BigInt(begin), end: BigInt(end), id, key, n: Number(n), process: file };
        }),
    );
let quiet = 0;
for (let before = -1; quiet < 20; ) {
  await sleep(1_000);
  const now = effectsNow().length;
  quiet = now === before ? quiet + 1 : 0;
  before = now;
  if (quiet > 3 && judge(effectsNow(), records).lost === 0) break;
}
for (const member of members.values()) member.kill("SIGTERM");
await sleep(3_000);
for (const member of members.values()) member.kill("SIGKILL");

const written = await fleet.all(out.name);
const identities = new Set(written.map(({ value }) => value?.toString("latin1")));
const verdict = {
  ...judge(effectsNow(), records),
  eventsOut: written.length,
  eventsOutTwice: written.length - identities.size,
  faults: done,
};
process.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`);
mkdirSync("results", { recursive: true });
writeFileSync("results/chaos.json", JSON.stringify(verdict, null, 2));
const broken = verdict.lost + verdict.inversions + verdict.eventsOutTwice + (records - identities.size);
if (broken > 0) process.stdout.write(`kept for a look: ${folder}\n`);
else rmSync(folder, { recursive: true });
await fleet.close();
await stack?.stop();
process.exit(broken > 0 ? 1 : 0);
