import kafkajs from "kafkajs";
import pino from "pino";
import { reservations } from "../../../schemas/topics.ts";
import { connectBroker } from "../../../workers/_runtime/broker.ts";
import { readConfig } from "../../../workers/_runtime/mod.ts";
import { type Ground, put } from "./ground.ts";

const FAULTS = { clientId: "faults", log: pino({ level: "silent" }) } as const;

/** Bytes that no reader can make sense of, past intake. */
export async function sowBroken({ fleet }: Ground, count: number): Promise<void> {
  await sendRaw(
    fleet.env,
    Array.from({ length: count }, (_, n) => ({ key: `broken-${n}`, value: Buffer.from([7, 0, 0, 0, 1, 9]) })),
  );
}

/** A record of a build that writes what nobody here can read: its reader halts. */
export async function writeUnreadable({ fleet }: Ground): Promise<void> {
  const registry = fleet.env.SCHEMA_REGISTRY_URL ?? "";
  const subject = `${reservations.name}-boxoffice.ReservationExpired`;
  await put(`${registry}/config/${subject}`, { compatibility: "NONE" });
  const schema = {
    ...{ type: "record", name: "ReservationExpired", namespace: "boxoffice" },
    fields: [{ name: "reservationId", type: "boolean" }],
  };
  const answer = await fetch(`${registry}/subjects/${subject}/versions`, {
    method: "POST",
    headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  });
  if (!answer.ok) throw new Error(`Cannot register it: ${answer.status} ${await answer.text()}`);
  const { id }: { id: number } = JSON.parse(await answer.text());
  const value = Buffer.from([0, 0, 0, 0, 0, 1]);
  value.writeInt32BE(id, 1);
  await sendRaw(fleet.env, [{ key: "unreadable", value }]);
}

/** A letter of that DLQ once more, as if it had lain there for so long. */
export async function ageLetter({ fleet }: Ground, dlq: string, ms: number): Promise<void> {
  const { kafka } = readConfig(fleet.env, ["KAFKA_BROKERS"]);
  const broker = connectBroker(kafka, FAULTS);
  const { Kafka, logLevel } = kafkajs;
  const brokers = [...kafka.brokers];
  const producer = new Kafka({ clientId: "faults", brokers, logLevel: logLevel.NOTHING }).producer();
  try {
    const lies = (await broker.admin.offsets(dlq)).find(({ low, high }) => high > low);
    const [letter] = lies === undefined ? [] : await broker.readAt(dlq, lies.partition, lies.low, 1_000_000);
    if (letter === undefined) throw new Error(`Cannot age a letter of '${dlq}': it is empty`);
    const { partition, key, value, headers } = letter;
    const named = Object.fromEntries(headers.map(([name, value]) => [name, value ?? Buffer.alloc(0)]));
    const timestamp = String(Date.now() - ms);
    await producer.connect();
    await producer.send({ topic: dlq, messages: [{ partition, key, value, headers: named, timestamp }] });
  } finally {
    await producer.disconnect();
    await broker.close();
  }
}

/** Two members that read nothing and have their group join again whenever it has joined; until `signal`. */
export async function unrest(ground: Ground, group: string, signal: AbortSignal): Promise<void> {
  await Promise.all([agitate(ground, group, signal), agitate(ground, group, signal)]);
}

async function agitate({ fleet }: Ground, group: string, signal: AbortSignal): Promise<void> {
  const broker = connectBroker(readConfig(fleet.env, ["KAFKA_BROKERS"]).kafka, FAULTS);
  const member = broker.member(
    // Not subscribed to all that its group reads: it is given no partition.
    { groupId: group, families: async () => [["concerts"]], owned: () => [], rebalanceTimeoutMs: 30_000 },
    {
      drain: async () => {},
      assigned: () => void setTimeout(() => signal.aborted || member.rejoin()),
      batch: () => true,
      heartbeat() {},
      crashed: (error) => console.error(error),
    },
  );
  await member.start();
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  await member.stop(5_000);
  await broker.close();
}

/** An environment in which a process of Node believes that it is that much later. */
export function clockAhead(ms: number): Readonly<Record<string, string>> {
  const code = `const now = Date.now; Date.now = () => now() + ${ms};`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

async function sendRaw(
  env: Readonly<Record<string, string>>,
  records: readonly { readonly key: string; readonly value: Buffer }[],
): Promise<void> {
  const { kafka } = readConfig(env, ["KAFKA_BROKERS"]);
  const broker = connectBroker(kafka, FAULTS);
  try {
    const out = records.map(({ key, value }) => ({
      topic: reservations.name,
      key: Buffer.from(key),
      value,
      headers: [],
    }));
    await broker.producer().send(out);
  } finally {
    await broker.close();
  }
}
