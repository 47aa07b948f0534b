import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pino from "pino";
import { payments, reservations } from "../../../schemas/topics.ts";
import { connectBroker } from "../../../workers/_runtime/broker.ts";
import { readConfig } from "../../../workers/_runtime/mod.ts";
import { transactionalIdOf } from "../../../workers/_runtime/open.ts";
import { type Ground, put } from "./ground.ts";

const FAULTS = { clientId: "faults", log: pino({ level: "silent" }) } as const;

/** Bytes that no reader can make sense of, past intake. */
export async function sowBroken({ fleet }: Ground, count: number): Promise<void> {
  await sendRaw(
    fleet.env,
    reservations.name,
    Array.from({ length: count }, (_, n) => ({ key: `broken-${n}`, value: Buffer.from([7, 0, 0, 0, 1, 9]) })),
  );
}

/**
 * A record of a build that writes what nobody here can read: its reader halts. Not among the reservations, or the seat
 * map could not be built again, which is another fault.
 */
export async function writeUnreadable({ fleet }: Ground): Promise<void> {
  const registry = fleet.env.SCHEMA_REGISTRY_URL ?? "";
  const subject = `${payments.name}-boxoffice.PaymentRefunded`;
  await put(`${registry}/config/${subject}`, { compatibility: "NONE" });
  const schema = {
    ...{ type: "record", name: "PaymentRefunded", namespace: "boxoffice" },
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
  await sendRaw(fleet.env, payments.name, [{ key: "unreadable", value }]);
}

/** A letter of the worker comes in from elsewhere, and has lain here for so long: its importer's clock says so. */
export async function ageLetter({ operator, fleet }: Ground, worker: string, ms: number): Promise<void> {
  const [line] = (await operator({}, "dlq", "export", "--worker", worker)).split("\n");
  const file = join(fleet.folder, "old-letter.ndjson");
  await writeFile(file, JSON.stringify({ ...JSON.parse(line ?? ""), cluster: "another-cluster" }));
  await operator(clockOff(-ms), "dlq", "import", file, "--reason", "it is old", "--yes");
}

/** Somebody with a worker's names, as of a second fleet on the cluster, takes its partitions' transactions away once. */
export async function fence({ fleet }: Ground, worker: string, topic: string): Promise<void> {
  const broker = connectBroker(readConfig(fleet.env, ["KAFKA_BROKERS"]).kafka, FAULTS);
  try {
    for (const { partition } of await broker.admin.offsets(topic))
      await broker.transactional(transactionalIdOf(worker, topic, partition)).fence();
  } finally {
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

/** An environment in which a process of Node believes that it is that much later, or earlier. */
export function clockOff(ms: number): Readonly<Record<string, string>> {
  const code = `const now = Date.now; Date.now = () => now() + (${ms});`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

async function sendRaw(
  env: Readonly<Record<string, string>>,
  topic: string,
  records: readonly { readonly key: string; readonly value: Buffer }[],
): Promise<void> {
  const { kafka } = readConfig(env, ["KAFKA_BROKERS"]);
  const broker = connectBroker(kafka, FAULTS);
  try {
    const out = records.map(({ key, value }) => ({
      topic,
      key: Buffer.from(key),
      value,
      headers: [],
    }));
    await broker.producer().send(out);
  } finally {
    await broker.close();
  }
}
