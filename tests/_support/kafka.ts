import { randomUUID } from "node:crypto";
import pino from "pino";
import type { Compression } from "../../workers/_runtime/broker/compression.ts";
import {
  type Broker,
  type CommittedOffset,
  connectBroker,
  type MemberEvents,
} from "../../workers/_runtime/broker.ts";
import type { Header, KafkaRecord, OutRecord } from "../../workers/_runtime/record.ts";

/** The stack's brokers, from the environment that `tests/run.ts` sets. */
export function brokers(): readonly string[] {
  const value = process.env.KAFKA_BROKERS;
  if (value === undefined)
    throw new Error("KAFKA_BROKERS is not set: run 'npm test', or 'boxoffice stack up'");
  return value.split(",");
}

export function connect(compression: Compression = "none"): Broker {
  return connectBroker(
    { brokers: brokers(), tls: undefined, sasl: undefined },
    { clientId: "test", log: pino({ level: process.env.LOG_LEVEL ?? "fatal" }), compression },
  );
}

export function unique(name: string): string {
  return `${name}-${randomUUID().slice(0, 8)}`;
}

/** A fresh topic. */
export async function topicOf(
  broker: Broker,
  partitions = 1,
  config: Readonly<Record<string, string>> = {},
): Promise<string> {
  const name = unique("broker-test");
  await broker.admin.createTopics([{ name, partitions, config }]);
  return name;
}

export function out(
  topic: string,
  value: string | Buffer | null,
  options: { partition?: number; key?: string | Buffer | null; headers?: readonly Header[] } = {},
): OutRecord {
  const { partition, key = null, headers = [] } = options;
  return {
    topic,
    ...(partition === undefined ? {} : { partition }),
    key: typeof key === "string" ? Buffer.from(key) : key,
    value: typeof value === "string" ? Buffer.from(value) : value,
    headers,
  };
}

export function texts(records: readonly KafkaRecord[]): (string | undefined)[] {
  return records.map(({ value }) => value?.toString());
}

/** Tries until it holds; fails after `timeoutMs` with what it saw last: far more than anything takes, so that what hangs ends. */
export async function until<T>(
  look: () => T | Promise<T>,
  holds: (seen: T) => boolean,
  timeoutMs = 90_000,
): Promise<T> {
  for (const end = Date.now() + timeoutMs; ; ) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms in vain: saw ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * The values of a partition once there are `count`: what a transaction wrote is readable a moment after its
 * commit returned, when its marker is written. Everything before the last is settled then.
 */
export async function valuesOf(
  broker: Broker,
  topic: string,
  partition: number,
  count: number,
): Promise<(string | undefined)[]> {
  const records = await until(
    () => broker.readAt(topic, partition, 0, 1e6),
    ({ length }) => length >= count,
  );
  return texts(records);
}

/** What a group committed for a partition, once it is `offset`: visible with the transaction's marker, too. */
export async function committedOf(
  broker: Broker,
  groupId: string,
  topic: string,
  offset: number,
): Promise<readonly CommittedOffset[]> {
  const committed = await until(
    async () => (await broker.admin.committed(groupId, [topic])).get(topic) ?? [],
    (partitions) => partitions.some((one) => one.offset === offset),
  );
  return committed;
}

/** Events that do nothing but what is given. */
export function eventsOf(events: Partial<MemberEvents>): MemberEvents {
  return {
    drain: async () => {},
    assigned: () => {},
    batch: () => true,
    heartbeat: () => {},
    crashed: () => {},
    ...events,
  };
}
