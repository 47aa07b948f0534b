import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { encodeBatch, sizeOfRecord } from "./batch-encoder.ts";
import { describe, relearn } from "./broker-error.ts";
import type { Compression } from "./compression.ts";
import { type Connections, disconnect } from "./connections.ts";
import { PublishFailed } from "./failures.ts";
import type { PlainProducer } from "./port.ts";
import { type Delivery, delivery, produce } from "./produce.ts";
import { type Call, MAX_GROUP_RECORDS, takeGroup } from "./publish-queue.ts";
import { spread, type Turns } from "./spread.ts";

const LINGER_MS = 2;
const DEFAULT_TIMEOUT_MS = 30_000;
const GOODBYE_MS = 1_000;

/**
 * One request in flight, callers' records grouped meanwhile. The idempotent producer's numbers are kept here:
 * after an attempt whose end is unknown they are thrown away with the producer id.
 */
export function plainProducer(
  pool: Connections,
  compression: Compression,
  log: Logger,
): PlainProducer & { close(): Promise<void> } {
  const cluster = pool.cluster("read committed");
  const queue: Call[] = [];
  const turns: Turns = new Map();
  let sequences = new Map<string, number>();
  let identity: { producerId: number; producerEpoch: number } | undefined;
  let running = false;
  let closed = false;

  const identify = async () => {
    if (!cluster.isConnected()) await cluster.connect();
    await cluster.refreshMetadataIfNecessary();
    const broker = await cluster.findControllerBroker();
    const { producerId, producerEpoch } = await broker.initProducerId({
      transactionalId: undefined,
      transactionTimeout: 60_000,
    });
    sequences = new Map();
    identity = { producerId: Number(producerId), producerEpoch };
    return identity;
  };

  /** Everything before the first byte of a record goes out: what fails here is certain. */
  const prepare = async (calls: readonly Call[]) => {
    const who = identity ?? (await identify());
    await cluster.addMultipleTargetTopics([
      ...new Set(calls.flatMap(({ records }) => records.map((record) => record.topic))),
    ]);
    await cluster.refreshMetadataIfNecessary();
    const owners = new Map<Delivery, Set<Call>>();
    const caller = new Map(calls.flatMap((call) => call.records.map((record) => [record, call] as const)));
    const parts = spread(
      cluster,
      calls.flatMap(({ records }) => records),
      turns,
    );
    for (const { topic, partition, records } of parts) {
      const firstSequence = sequences.get(`${topic}-${partition}`) ?? 0;
      const batch = encodeBatch(records, {
        ...who,
        firstSequence,
        transactional: false,
        compression,
        timestamp: Date.now(),
      });
      const own = new Set(records.flatMap((record) => caller.get(record) ?? []));
      owners.set(delivery(topic, partition, batch), own);
      sequences.set(`${topic}-${partition}`, (firstSequence + records.length) % 2 ** 31);
    }
    return owners;
  };

  const write = async (calls: readonly Call[]) => {
    const deadline = Math.max(...calls.map((call) => call.deadline));
    const before = new Map(sequences);
    let owners: Map<Delivery, Set<Call>>;
    try {
      owners = await prepare(calls);
    } catch (error) {
      sequences = before;
      await relearn(cluster, error);
      if (error instanceof RangeError) return failAlone(calls, error);
      return again(calls);
    }
    for (const call of calls) call.inFlight = true;
    await produce(cluster, [...owners.keys()], { transactionalId: undefined, deadline });
    for (const call of calls) call.inFlight = false;
    conclude(calls, owners, before);
  };

  const conclude = (
    calls: readonly Call[],
    owners: ReadonlyMap<Delivery, ReadonlySet<Call>>,
    before: ReadonlyMap<string, number>,
  ) => {
    const refused: Call[] = [];
    let unsure = false;
    for (const call of calls) {
      const own = [...owners].filter(([, callers]) => callers.has(call)).map(([one]) => one);
      const failed = own.find((one) => one.state !== "written");
      if (!failed) {
        call.settle();
        continue;
      }
      const written = own.some((one) => one.state === "written" || one.maybeWritten);
      if (failed.state === "refused" && !written && calls.length > 1) refused.push(call);
      else call.settle(publishFailed(!written, failed));
    }
    for (const one of owners.keys()) {
      if (one.state === "written") continue;
      if (one.maybeWritten || isSequenceError(one.error)) unsure = true;
      const place = `${one.topic}-${one.partition}`;
      sequences.set(place, before.get(place) ?? 0); // not written: the broker still waits for this number
    }
    if (unsure) {
      log.warn("a publish ended unknown: going on under a new producer id");
      identity = undefined;
    }
    for (const call of refused) call.alone = true;
    queue.unshift(...refused.filter((call) => !call.settled));
  };

  const failAlone = (calls: readonly Call[], error: Error) => {
    if (calls.length === 1) calls[0]?.settle(new PublishFailed(true, error.message, { cause: error }));
    for (const call of calls) call.alone = true;
    queue.unshift(...calls.filter((call) => !call.settled));
  };

  /** Nothing went out yet: the callers' own timers end it, certain. */
  const again = async (calls: readonly Call[]) => {
    queue.unshift(...calls.filter((call) => !call.settled));
    await sleep(100);
  };

  const run = async () => {
    if (running) return;
    running = true;
    try {
      await sleep(LINGER_MS);
      while (!closed) {
        const calls = takeGroup(queue);
        if (calls.length === 0) break;
        await write(calls);
      }
    } finally {
      running = false;
    }
  };

  return {
    send(records, { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = {}) {
      return new Promise<void>((resolve, reject) => {
        if (records.length === 0) return resolve();
        if (closed || signal?.aborted)
          return reject(
            new PublishFailed(true, closed ? "The producer is closed" : "Publishing was aborted"),
          );
        const give = (why: string) =>
          call.settle(new PublishFailed(!call.inFlight, `${why} before the broker acknowledged the records`));
        const timer = setTimeout(() => give(`Publishing timed out after ${timeoutMs} ms`), timeoutMs);
        const aborted = () => give("Publishing was aborted");
        const call: Call = {
          records,
          bytes: records.reduce((sum, record) => sum + sizeOfRecord(record, MAX_GROUP_RECORDS), 0),
          deadline: Date.now() + timeoutMs,
          alone: false,
          settled: false,
          inFlight: false,
          settle(error) {
            if (call.settled) return;
            call.settled = true;
            clearTimeout(timer);
            signal?.removeEventListener("abort", aborted);
            if (error) reject(error);
            else resolve();
          },
        };
        signal?.addEventListener("abort", aborted, { once: true });
        queue.push(call);
        run().catch((error: unknown) => {
          log.error({ err: error }, "publishing failed");
          for (const one of queue.splice(0)) one.settle(new PublishFailed(!one.inFlight, describe(error)));
        });
      });
    },
    async close() {
      closed = true;
      for (const call of queue.splice(0)) call.settle(new PublishFailed(true, "The producer is closed"));
      await disconnect(pool, cluster, () => cluster.disconnect(), GOODBYE_MS);
    },
  };
}

function publishFailed(certain: boolean, failed: Delivery): PublishFailed {
  const why = failed.error ? describe(failed.error) : "no answer in time";
  return new PublishFailed(
    certain,
    `Cannot publish to '${failed.topic}' partition ${failed.partition}: ${why}`,
    { cause: failed.error },
  );
}

/** The numbers no longer match the broker's: only a new producer id can go on. */
function isSequenceError(error: Error | undefined): boolean {
  return (
    error !== undefined &&
    "type" in error &&
    [
      "OUT_OF_ORDER_SEQUENCE_NUMBER",
      "UNKNOWN_PRODUCER_ID",
      "INVALID_PRODUCER_EPOCH",
      "INVALID_PRODUCER_ID_MAPPING",
    ].includes(String(error.type))
  );
}
