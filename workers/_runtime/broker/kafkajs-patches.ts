/**
 * kafkajs 2.2.4 put right, at import, once. It is patched on prototypes and on the objects its modules export,
 * never by replacing modules, so that it also holds in a bundle.
 */
import type Cluster from "kafkajs/src/cluster/index.js";
import ConsumerGroup from "kafkajs/src/consumer/consumerGroup.js";
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";
import Encoder from "kafkajs/src/protocol/encoder.js";
import fetchRequest from "kafkajs/src/protocol/requests/fetch/index.js";
import produceRequest from "kafkajs/src/protocol/requests/produce/index.js";
import { decodeFetchResponse } from "./fetch-response.ts";
import { encodeProduceRequest, type ProduceArguments } from "./produce-request.ts";

export const FETCH_VERSION = 11;
export const PRODUCE_VERSION = 7;

/** What a group member does around the joins and heartbeats that kafkajs makes on its own. */
export interface GroupHooks {
  beforeJoin(group: ConsumerGroup): Promise<void>;
  /** Around each call that may send a heartbeat; may throw what the coordinator would have answered. */
  heartbeat(send: () => Promise<void>): Promise<void>;
  /** Something fetched from has another leader, or is gone; called before kafkajs refreshes and joins. */
  beforeRecovery(error: unknown): Promise<void>;
  outOfRange(group: ConsumerGroup, topic: string, partition: number): Promise<void>;
  /** Undefined: there is something to fetch. Else ends when there may be. */
  idle(): Promise<void> | undefined;
}

const hooks = new WeakMap<Cluster, GroupHooks>();

export function hookGroup(cluster: Cluster, groupHooks: GroupHooks): void {
  hooks.set(cluster, groupHooks);
}

const PATCHED = Symbol.for("boxoffice.kafkajs-patches");
const joins = new WeakMap<ConsumerGroup, Promise<void>>();

patch();

function patch(): void {
  if (PATCHED in RequestQueue.prototype) return;
  check();
  Object.defineProperty(RequestQueue.prototype, PATCHED, { value: true });
  patchTimer();
  patchFetch();
  patchProduce();
  patchGroup();
}

/** A later kafkajs must not be patched blindly. */
function check(): void {
  const expected: readonly [string, boolean][] = [
    [
      "RequestQueue.scheduleCheckPendingRequests",
      typeof RequestQueue.prototype.scheduleCheckPendingRequests === "function" &&
        typeof RequestQueue.prototype.checkPendingRequests === "function",
    ],
    ["Fetch at most version 11", Math.max(...fetchRequest.versions.map(Number)) === FETCH_VERSION],
    ["Produce at most version 7", Math.max(...produceRequest.versions.map(Number)) === PRODUCE_VERSION],
    [
      "Fetch's response",
      typeof fetchRequest.protocol({ version: FETCH_VERSION })({ topics: [] }).response.decode === "function",
    ],
    ["Encoder.writeBufferInternal", typeof Encoder.prototype.writeBufferInternal === "function"],
    ...(
      [
        "joinAndSync",
        "fetch",
        "heartbeat",
        "checkForStaleAssignment",
        "recoverFromFetch",
        "recoverFromOffsetOutOfRange",
      ] as const
    ).map((name): [string, boolean] => [
      `ConsumerGroup.${name}`,
      typeof ConsumerGroup.prototype[name] === "function",
    ]),
  ];
  const missing = expected.filter(([, found]) => !found).map(([name]) => name);
  if (missing.length > 0)
    throw new Error(
      `Cannot patch kafkajs as it is not version 2.2.4: ${missing.join(", ")} differs. Pin kafkajs to 2.2.4`,
    );
}

/**
 * From Node 24 on a timer with a negative wait warns, and kafkajs sets one each millisecond even when nothing
 * is pending (3 % of a core per idle client).
 */
function patchTimer(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length === 0 || this.throttleCheckTimeoutId !== null) return;
    const wait = this.throttledUntil - Date.now();
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      wait > 0 ? wait : 10,
    );
  };
}

/** Records are decoded by us: headers as a list, only markers taken for markers. See `fetch-response.ts`. */
function patchFetch(): void {
  const original = fetchRequest.protocol;
  fetchRequest.protocol = ({ version }) => {
    mustBe("Fetch", FETCH_VERSION, version, "2.3");
    return (options) => {
      const exchange = original({ version })(options);
      const response = {
        decode: async (raw: Buffer) => decodeFetchResponse(raw),
        parse: exchange.response.parse,
      };
      return { ...exchange, response };
    };
  };
}

/**
 * Batches come encoded, and the answer is left as it is: kafkajs throws the first partition's error, which
 * hides that the other partitions' batches were written.
 */
function patchProduce(): void {
  const original = produceRequest.protocol;
  produceRequest.protocol = ({ version }) => {
    mustBe("Produce", PRODUCE_VERSION, version, "2.1");
    return (options) => {
      const exchange = original({ version })(options);
      const encode = async () => {
        // The only caller of produce is `produce.ts`, which passes these.
        const body = encodeProduceRequest(options as ProduceArguments);
        const encoder = new Encoder(1);
        encoder.buf = body;
        encoder.offset = body.length;
        return encoder;
      };
      const response = { decode: exchange.response.decode, parse: async (decoded: unknown) => decoded };
      return { ...exchange, request: { ...exchange.request, encode }, response };
    };
  };
}

function mustBe(api: string, expected: number, version: number, kafka: string): void {
  if (version !== expected)
    throw Object.assign(
      new Error(
        `Cannot talk to the broker as it must be Kafka ${kafka} or later: it offers ${api} version ${version}`,
      ),
      { retriable: false },
    );
}

function patchGroup(): void {
  const { joinAndSync, fetch, heartbeat, checkForStaleAssignment } = ConsumerGroup.prototype;
  const { recoverFromFetch, recoverFromOffsetOutOfRange } = ConsumerGroup.prototype;

  /** The one way into a group, taken from four places, some of them at once. */
  ConsumerGroup.prototype.joinAndSync = function (this: ConsumerGroup) {
    const running = joins.get(this);
    if (running) return running;
    const join = (async () => {
      await hooks.get(this.cluster)?.beforeJoin(this);
      await joinAndSync.call(this);
    })().finally(() => joins.delete(this));
    joins.set(this, join);
    return join;
  };

  /** With everything paused kafkajs sleeps a whole maxWait, blind to what is resumed meanwhile. */
  ConsumerGroup.prototype.fetch = async function (this: ConsumerGroup, nodeId) {
    const idle = hooks.get(this.cluster)?.idle();
    if (!idle) return await fetch.call(this, nodeId);
    await idle;
    return [];
  };

  ConsumerGroup.prototype.heartbeat = async function (this: ConsumerGroup, options) {
    const send = () => heartbeat.call(this, options);
    await (hooks.get(this.cluster)?.heartbeat(send) ?? send());
  };

  /** A topic subscribed just before a join is not yet in the map: another broker's fetcher would crash. */
  ConsumerGroup.prototype.checkForStaleAssignment = function (this: ConsumerGroup) {
    const known = this.partitionsPerSubscribedTopic;
    if (known)
      for (const topic of this.topicsSubscribed)
        if (!known.has(topic))
          known.set(
            topic,
            this.cluster.findTopicPartitionMetadata(topic).map((partition) => partition.partitionId),
          );
    checkForStaleAssignment.call(this);
  };

  ConsumerGroup.prototype.recoverFromFetch = async function (this: ConsumerGroup, error) {
    await hooks.get(this.cluster)?.beforeRecovery(error);
    await recoverFromFetch.call(this, error);
  };

  /** kafkajs commits -2 to the group here, with or without autoCommit. */
  ConsumerGroup.prototype.recoverFromOffsetOutOfRange = async function (this: ConsumerGroup, error) {
    const own = hooks.get(this.cluster);
    if (own) await own.outOfRange(this, error.topic, error.partition);
    else await recoverFromOffsetOutOfRange.call(this, error);
  };
}
