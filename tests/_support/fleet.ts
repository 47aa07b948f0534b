import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import type { Test } from "tap";
import { connectBroker } from "../../workers/_runtime/broker/connect.ts";
import type { Broker } from "../../workers/_runtime/broker.ts";
import { type Codec, createCodec } from "../../workers/_runtime/codec.ts";
import type { Config } from "../../workers/_runtime/config.ts";
import { readConfig } from "../../workers/_runtime/config.ts";
import { encodeEvent } from "../../workers/_runtime/context.ts";
import { declaredTopics } from "../../workers/_runtime/derived-topics.ts";
import { type Event, record, type Topic, topic } from "../../workers/_runtime/event.ts";
import { createLog } from "../../workers/_runtime/log.ts";
import type { KafkaRecord, OutRecord } from "../../workers/_runtime/record.ts";
import { connectRegistry } from "../../workers/_runtime/registry.ts";
import { type RunningWorker, runWorker } from "../../workers/_runtime/run-worker.ts";
import type { Worker } from "../../workers/_runtime/worker.ts";

/** The event that tests of the runtime send around. */
export interface Note {
  type: "Note";
  key: string;
  n: number;
  text: string;
}

export const Note = record<Note>("test.Note", {
  type: "record",
  name: "Note",
  namespace: "test",
  fields: [
    { name: "key", type: "string" },
    { name: "n", type: "long" },
    { name: "text", type: "string", default: "" },
  ],
});

export function noteTopic(name: string, partitions = 4): Topic<Note> {
  return topic({ name, records: [Note], key: (event) => event.key, retention: "forever", partitions });
}

export interface Fleet {
  readonly config: Config;
  readonly broker: Broker;
  readonly log: Logger;
  /** `name` with a prefix that no other test has. */
  unique(name: string): string;
  /** Creates what the declarations derive, registers `Note` for each topic. */
  prepare(topics: readonly Topic[], workers: readonly Worker[]): Promise<void>;
  /** Runs a worker in this process; stopped at the test's end if not before. */
  run(worker: Worker): Promise<RunningWorker>;
  /** An event as a record of its topic. */
  event<E extends Event>(topic: Topic<E>, event: E): OutRecord;
  note(topic: Topic<Note>, note: Omit<Note, "type" | "text"> & { text?: string }): OutRecord;
  send(records: readonly OutRecord[]): Promise<void>;
  /** Every record of a topic now, in order of partition and offset, read committed. */
  all(topic: string): Promise<KafkaRecord[]>;
}

/** The test profile, but each worker's declared ladder and each topic's declared partitions. */
export function testConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const config = readConfig({ HEALTH_PORT: "0", ...environment, BOXOFFICE_PROFILE: "test" }, [
    "KAFKA_BROKERS",
    "SCHEMA_REGISTRY_URL",
  ]);
  return { ...config, runtime: { ...config.runtime, retry: undefined, partitions: undefined } };
}

/** A fleet of one test on the stack that the environment names; everything is closed at the test's end. */
export async function fleet(t: Test, environment: Readonly<Record<string, string>> = {}): Promise<Fleet> {
  const own = bareFleet({ ...process.env, ...environment }, (error) =>
    t.fail(`the worker crashed: ${error.stack}`),
  );
  t.teardown(() => own.close());
  return own;
}

/** As `fleet()`, for programs that are no test; to be closed. */
export function bareFleet(
  environment: Readonly<Record<string, string | undefined>>,
  crashed: (error: Error) => void = () => {},
): Fleet & { close(): Promise<void> } {
  const config = testConfig(environment);
  const log = createLog({ level: environment.TEST_LOG ?? "silent", worker: "test", build: "test" });
  const prefix = `t${randomBytes(4).toString("hex")}-`;
  const broker = connectBroker(config.kafka, { clientId: "test", log });
  const running = new Set<RunningWorker>();
  const registered: Topic[] = [];
  let codec: Codec | undefined;
  return {
    config,
    broker,
    log,
    unique: (name) => prefix + name,
    async prepare(topics, workers) {
      registered.push(...topics);
      await broker.admin.createTopics(declaredTopics(topics, workers, config.runtime));
      for (const { name, records } of topics) {
        for (const { fullName, schema } of records)
          await register(config.registry.url, `${name}-${fullName}`, schema);
      }
      codec = createCodec({
        registry: connectRegistry(config.registry),
        records: [Note],
        topics: registered,
      });
      await codec.ready(new AbortController().signal);
    },
    async run(worker) {
      const workerBroker = connectBroker(config.kafka, { clientId: worker.name, log });
      const inner = await runWorker(worker, { config, build: "test", log, broker: workerBroker, crashed });
      const outer = {
        health: inner.health,
        async stop() {
          running.delete(outer);
          await inner.stop();
          await workerBroker.close();
        },
      };
      running.add(outer);
      return outer;
    },
    event(topic, event) {
      if (!codec) throw new Error("Cannot encode before prepare()");
      return encodeEvent(codec, topic, event);
    },
    note(noteTopic, { key, n, text = "" }) {
      return this.event(noteTopic, { type: "Note", key, n, text });
    },
    async send(records) {
      await broker.producer().send(records);
    },
    async all(name) {
      const records: KafkaRecord[] = [];
      for (const { partition, low, high } of await broker.admin.offsets(name)) {
        for (let offset = low; offset < high; ) {
          const batch = await broker.readAt(name, partition, offset, 1_000_000);
          const last = batch.at(-1);
          if (!last) break;
          records.push(...batch);
          offset = last.offset + 1;
        }
      }
      return records;
    },
    async close() {
      await Promise.all([...running].map((worker) => worker.stop()));
      await broker.close();
    },
  };
}

async function register(url: string, subject: string, schema: unknown): Promise<void> {
  const response = await fetch(`${url}/subjects/${encodeURIComponent(subject)}/versions`, {
    method: "POST",
    headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  });
  if (!response.ok)
    throw new Error(`Cannot register '${subject}': ${response.status} ${await response.text()}`);
}

/** Waits until `condition` holds; fails the test with `what` after `seconds`. */
export async function until(
  t: Test,
  what: string,
  condition: () => boolean | Promise<boolean>,
  seconds = 90,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) {
      t.fail(`waited ${seconds} s in vain until ${what}`);
      throw new Error(`waited in vain until ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
