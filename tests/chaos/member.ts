/**
 * One member of the chaos run's fleet, killed and restarted by `run.ts`. Every handler call that went well is a line in
 * the file EFFECTS: start and end on the machine's monotonic clock, partition, origin offset, key, n, attempt.
 */
import { openSync, writeSync } from "node:fs";
import { connectBroker } from "../../workers/_runtime/broker/connect.ts";
import { createLog } from "../../workers/_runtime/log.ts";
import { defineWorker, from } from "../../workers/_runtime/mod.ts";
import { runWorker } from "../../workers/_runtime/run-worker.ts";
import { onShutdown } from "../../workers/_runtime/shutdown.ts";
import { Note, noteTopic, testConfig } from "../_support/fleet.ts";

const { TOPIC = "", OUT = "", WORKER = "", EFFECTS = "", WORK_MS = "3", FAIL_SHARE = "0.05" } = process.env;
const effects = openSync(EFFECTS, "a");
const source = noteTopic(TOPIC, 12);
const out = noteTopic(OUT, 12);

/** The same for a record whoever runs it: which records fail, and how often. */
function hash(n: number): number {
  let h = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const worker = defineWorker({
  name: WORKER,
  reads: [from(source, Note)],
  emits: [out],
  retry: ["1s", "2s"],
  concurrency: 64,
  handle: async (event, { emit, id, attempt }) => {
    const start = process.hrtime.bigint();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * Number(WORK_MS)));
    const h = hash(event.n);
    if ((h % 1000) / 1000 < Number(FAIL_SHARE) && attempt <= 1 + ((h >>> 12) & 1))
      throw new Error("transient");
    emit(out, { type: "Note", key: event.key, n: event.n, text: "" });
    writeSync(effects, `${start} ${process.hrtime.bigint()} ${id} ${event.key} ${event.n} ${attempt}\n`);
  },
});

const config = testConfig(process.env);
const log = createLog({ level: process.env.LOG_LEVEL ?? "warn", worker: WORKER, build: "chaos" });
const broker = connectBroker(config.kafka, { clientId: WORKER, log });
const running = await runWorker(worker, {
  config,
  build: "chaos",
  log,
  broker,
  crashed: () => process.exit(1),
});
onShutdown(process, { deadlineMs: 30_000, log }, async () => {
  await running.stop();
  await broker.close();
});
