import type { Logger } from "pino";
import type { KafkaConfig } from "../config-shape.ts";
import type { KafkaRecord, OffsetCommit, OutRecord } from "../record.ts";
import type { Compression } from "./compression.ts";

/**
 * The narrow port to Kafka: all the runtime and the scripts know of a broker. The client behind it is
 * kafkajs, and `broker/` its only importer, so that the client stays replaceable.
 */
export interface Broker {
  /** A member of a consumer group; nothing is read before `start()`. */
  member(options: MemberOptions, events: MemberEvents): GroupMember;
  /** A new producer under `transactionalId`; `fence()` it before the first commit. */
  transactional(transactionalId: string): TransactionalProducer;
  /** One idempotent producer per broker object, connected at first use. */
  producer(): PlainProducer;
  readonly admin: Admin;
  /**
   * Random access, read committed: the records of `topic`-`partition` from `offset` on, at most about
   * `maxBytes` (always at least one batch). Markers and aborted records are stepped over: empty means that
   * nothing more is committed behind `offset`, or that `offset` doesn't exist.
   */
  readAt(topic: string, partition: number, offset: number, maxBytes: number): Promise<readonly KafkaRecord[]>;
  /** As `readAt`, and how far it got: for who follows a topic. */
  readOn(topic: string, partition: number, offset: number, maxBytes: number): Promise<ReadOn>;
  /** Disconnects everything that was made from this object. */
  close(): Promise<void>;
}

export interface ReadOn {
  readonly records: readonly KafkaRecord[];
  /** Where to read on: everything committed below it has been read. */
  readonly next: number;
  /** The last stable offset: what lies behind it belongs to open transactions, or comes after them. */
  readonly stable: number;
}

/** Connects to nothing yet: each part does at its first use. */
export type ConnectBroker = (
  config: KafkaConfig,
  options: {
    readonly clientId: string;
    readonly log: Logger;
    /** Of the batches written; all are read. @default "none" */
    readonly compression?: Compression;
  },
) => Broker;

export interface MemberOptions {
  readonly groupId: string;
  /**
   * Families of co-partitioned topics: partition p of every topic of a family goes to one member. The first
   * topic of a family is the source topic. Asked again at each join, so that topics created since are
   * subscribed before the member joins.
   */
  readonly families: () => Promise<readonly (readonly string[])[]>;
  /** Partitions (`<source topic>-<p>`) this member has open: the assigner leaves them where they are. */
  readonly owned: () => readonly string[];
  /** @default 6_000 */
  readonly sessionTimeoutMs?: number;
  /** Longest drain; the same for all members of the group. */
  readonly rebalanceTimeoutMs: number;
  /** Longest wait of a fetch with nothing new. @default 250 */
  readonly maxWaitMs?: number;
  /** @default 1_048_576 */
  readonly maxBytesPerPartition?: number;
}

export interface Assigned {
  /** Per family: its topics (source first) and the partitions given to this member. */
  readonly families: readonly {
    readonly topics: readonly string[];
    readonly partitions: readonly number[];
  }[];
  readonly memberId: string;
  /**
   * False when the group had forgotten this member, or had a generation without it: whatever it held may have had
   * another owner.
   */
  readonly sameMember: boolean;
}

export interface MemberEvents {
  /**
   * Before every join: stop starting, let handlers finish, commit, then return. The port heartbeats
   * meanwhile; `expelled` is aborted when the group no longer knows this member, and waiting is pointless.
   */
  drain(expelled: AbortSignal): Promise<void>;
  /** After every join, synchronously before the first fetch; everything assigned is paused, positions are undefined. */
  assigned(assigned: Assigned): void;
  /**
   * One fetched batch; must return at once. `nextOffset` lies behind the batch's last offset; `records` is
   * empty when the batch held only markers or aborted records. False: not taken, will be fetched again, at
   * once unless the partition is paused. The buffers are views of the whole fetch response: copy what is kept.
   */
  batch(topic: string, partition: number, records: readonly KafkaRecord[], nextOffset: number): boolean;
  /** The group coordinator answered a heartbeat well that was sent at `sentAt` (`performance.now()`). */
  heartbeat(sentAt: number): void;
  /** The member can't go on; the process must exit. */
  crashed(error: Error): void;
}

export interface GroupMember {
  start(): Promise<void>;
  pause(topic: string, partition: number): void;
  resume(topic: string, partition: number): void;
  seek(topic: string, partition: number, offset: number): void;
  /** Joins the group again soon, so that topics created since are subscribed; `drain` is called first. */
  rejoin(): void;
  /** Leaves the group without calling `drain`. Never hangs: gives up waiting after `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
}

export interface TransactionalProducer {
  /** Initialises: whoever had this transactional id is fenced, its open transaction aborted. */
  fence(): Promise<void>;
  /**
   * Writes and commits in one transaction. One call at a time. After a failure this producer is spent, unless the failure says otherwise.
   * @throws {TransactionFailed}
   */
  commit(groupId: string, records: readonly OutRecord[], offsets: readonly OffsetCommit[]): Promise<void>;
  close(): Promise<void>;
}

export interface PlainProducer {
  /**
   * Waits for all in-sync replicas. Sends of many callers are grouped; one request in flight (the idempotent
   * producer's limit here).
   * @throws {PublishFailed}
   */
  send(
    records: readonly OutRecord[],
    options?: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
  ): Promise<void>;
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** @default the broker's default.replication.factor */
  readonly replicationFactor?: number;
  readonly config: Readonly<Record<string, string>>;
}

export interface PartitionOffsets {
  readonly partition: number;
  readonly low: number;
  /** The high watermark: the next offset to be written. */
  readonly high: number;
}

export interface CommittedOffset {
  readonly partition: number;
  /** Undefined: nothing committed. */
  readonly offset: number | undefined;
  readonly metadata: string;
}

export interface Admin {
  /** Kafka's own id of the cluster, up to 22 characters of base64url. */
  clusterId(): Promise<string>;
  listTopics(): Promise<readonly string[]>;
  /** Partition counts of those that exist. */
  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Of those that exist: configuration that differs from the broker's default, and every key asked for. */
  topicConfigs(
    topics: readonly string[],
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>>;
  /** Returns once every broker knows the topics with leaders. Existing ones are left as they are. */
  createTopics(topics: readonly TopicSpec[]): Promise<void>;
  /** Up to `count` in all; returns once every broker knows them with leaders. */
  addPartitions(topic: string, count: number): Promise<void>;
  deleteTopics(topics: readonly string[]): Promise<void>;
  offsets(topic: string): Promise<readonly PartitionOffsets[]>;
  /** As `offsets` of each topic, learning where they lie at once: for many topics that were never asked for. */
  offsetsOf(topics: readonly string[]): Promise<ReadonlyMap<string, readonly PartitionOffsets[]>>;
  /** The first offset at or after `time` (epoch ms) per partition; the high watermark where there is none. */
  offsetsAt(topic: string, time: number): Promise<readonly { partition: number; offset: number }[]>;
  committed(
    groupId: string,
    topics: readonly string[],
  ): Promise<ReadonlyMap<string, readonly CommittedOffset[]>>;
  /** Deletes everything below `offset`; never called with -1. */
  deleteRecords(topic: string, partition: number, offset: number): Promise<void>;
  /** Consumer groups with members that subscribe to `topic`, or that have committed an offset on it. */
  groupsOn(topic: string): Promise<readonly string[]>;
  /** Members of a group with what is assigned to them; empty when nobody is there. */
  members(groupId: string): Promise<readonly { memberId: string; clientId: string; host: string }[]>;
}
