import type { Assigned, GroupMember, MemberEvents } from "./broker.ts";
import { UsageError } from "./errors.ts";
import { type Family, readTopics } from "./family.ts";
import { nameOf, openPartitions, type PartitionId } from "./open.ts";
import { OwnedPartition, type ProcessParts } from "./owned.ts";
import type { PartitionControl, PartitionStatus } from "./partition-status.ts";
import type { KafkaRecord } from "./record.ts";
import { trim } from "./trim.ts";
import { pause } from "./wait.ts";

const SESSION_TIMEOUT_MS = 6_000;
/** No handler starts when the last good heartbeat is older than this share of the session. */
const LEASE_SHARE = 0.9;
/** Beyond the handlers' timeout, for a drain; and for the group to wait beyond that. */
const DRAIN_MARGIN_MS = 10_000;
const TRIM_EVERY_MS = 30_000;

export interface MembershipParts extends ProcessParts {
  readonly families: readonly Family[];
  /** The member can't go on: the process must end. */
  readonly crashed: (error: Error) => void;
}

/** This process as a member of its worker's group: which partitions it owns, and how they come and go. */
export class Membership implements PartitionControl {
  private readonly parts: MembershipParts;
  private readonly member: GroupMember;
  private readonly owned = new Map<string, OwnedPartition>();
  /** Assigned and not open yet. */
  private readonly opening = new Map<string, PartitionId>();
  private epoch = 0;
  private joined = false;
  private stopping = false;
  private opens: Promise<void> = Promise.resolve();
  private lastHeartbeat = Number.NEGATIVE_INFINITY;
  private heartbeatWaiters: (() => void)[] = [];
  private readonly closing = new AbortController();
  private readonly trimmer: NodeJS.Timeout;

  constructor(parts: MembershipParts) {
    this.parts = parts;
    const events: MemberEvents = {
      drain: (expelled) => this.drain(expelled),
      assigned: (assigned) => this.assigned(assigned),
      batch: (topic, partition, records, nextOffset) => this.batch(topic, partition, records, nextOffset),
      heartbeat: () => this.heartbeat(),
      crashed: parts.crashed,
    };
    this.member = parts.broker.member(
      {
        groupId: parts.worker.name,
        families: async () => {
          const existing = await parts.broker.admin.listTopics();
          return parts.families.map((family) => readTopics(family, existing));
        },
        owned: () => [...this.owned.keys()],
        sessionTimeoutMs: SESSION_TIMEOUT_MS,
        rebalanceTimeoutMs: parts.worker.timeoutMs + 2 * DRAIN_MARGIN_MS,
      },
      events,
    );
    this.trimmer = setInterval(() => void this.trim(), TRIM_EVERY_MS);
  }

  start(): Promise<void> {
    return this.member.start();
  }

  /** Joined, and everything assigned is open and scanned. */
  get ready(): string | undefined {
    if (!this.joined) return "has not joined its group yet";
    const waiting =
      [...this.owned.values()].filter(({ partition }) => partition.state === "scanning").length +
      this.opening.size;
    return waiting === 0 ? undefined : `${waiting} partitions are being opened or scanned`;
  }

  get partitions(): IterableIterator<OwnedPartition> {
    return this.owned.values();
  }

  leaseHolds(): boolean {
    return performance.now() - this.lastHeartbeat < SESSION_TIMEOUT_MS * LEASE_SHARE;
  }

  listPartitions(): readonly PartitionStatus[] {
    const waiting = [...this.opening.values()].map(({ family, partition }) => ({
      topic: family.source,
      partition,
      state: "opening" as const,
      committedOffset: undefined,
      parkedKeys: 0,
      outstanding: 0,
    }));
    return [
      ...[...this.owned.values()].map((owned) => owned.status(this.parts.dispatcher.draining)),
      ...waiting,
    ];
  }

  async release(topic: string, partition: number, schemaId?: number): Promise<{ readonly released: number }> {
    const owned = this.owned.get(nameOf(topic, partition));
    if (!owned)
      throw new UsageError(
        `Cannot release '${topic}' partition ${partition} as this process doesn't own it: ask the owner ('boxoffice partitions list')`,
      );
    if (!owned.release(schemaId))
      throw new UsageError(`Cannot release '${topic}' partition ${partition} as it isn't halted`);
    return { released: 1 };
  }

  /** Stops fetching, lets handlers finish until `deadlineMs`, abandons the rest, commits, leaves the group. */
  async stop(deadlineMs: number): Promise<void> {
    this.stopping = true;
    clearInterval(this.trimmer);
    for (const { opened } of this.owned.values()) {
      for (const track of opened.tracks.values()) this.member.pause(track.topic, track.partition);
    }
    const expired = AbortSignal.timeout(deadlineMs);
    await this.quiesce(expired);
    if (expired.aborted) this.parts.attempts.abandon();
    // Abandoned handlers get a moment to let go; what they come to isn't written.
    await this.quiesce(AbortSignal.timeout(1_000));
    await this.flush(AbortSignal.timeout(5_000));
    this.closing.abort();
    for (const owned of this.owned.values()) owned.close();
    this.owned.clear();
    await this.member.stop(5_000);
  }

  private async drain(expelled: AbortSignal): Promise<void> {
    if (this.owned.size === 0) return;
    const deadline = AbortSignal.any([
      expelled,
      AbortSignal.timeout(this.parts.worker.timeoutMs + DRAIN_MARGIN_MS),
    ]);
    await this.quiesce(deadline);
    await this.flush(deadline);
  }

  /** No handler starts, and none runs any more (or `deadline`). */
  private async quiesce(deadline: AbortSignal): Promise<void> {
    const { dispatcher, attempts } = this.parts;
    dispatcher.draining = true;
    attempts.interruptPreparations();
    while (dispatcher.running > 0 && !deadline.aborted) await pause(5, deadline);
  }

  private async flush(deadline: AbortSignal): Promise<void> {
    await Promise.all([...this.owned.values()].map(({ transactions }) => transactions.flush(deadline)));
  }

  /** Synchronous to its end: no fetch may start before everything is paused and sought. */
  private assigned({ families, sameMember }: Assigned): void {
    if (this.stopping) return;
    this.epoch++;
    this.parts.metrics.rebalances.inc();
    const wanted = new Map<string, PartitionId>();
    for (const { topics, partitions } of families) {
      const family = this.parts.families.find(({ source }) => source === topics[0]);
      if (!family) continue;
      for (const partition of partitions)
        wanted.set(nameOf(family.source, partition), { family, topics, partition });
    }
    for (const [name, owned] of this.owned) {
      const keeps = sameMember && wanted.get(name)?.topics.every((topic) => owned.opened.tracks.has(topic));
      if (keeps) continue;
      owned.close();
      this.owned.delete(name);
    }
    this.opening.clear();
    for (const [name, id] of wanted) if (!this.owned.has(name)) this.opening.set(name, id);
    this.joined = true;
    this.heartbeat();
    this.parts.dispatcher.draining = false;
    for (const owned of this.owned.values()) owned.position();
    this.parts.log.info(
      { epoch: this.epoch, kept: [...this.owned.keys()], opening: [...this.opening.keys()] },
      "joined",
    );
    this.parts.metrics.openPartitions.set(this.owned.size);
    this.open(this.epoch);
    this.parts.dispatcher.kick();
  }

  /** One opening at a time; an opening of an older epoch gives up. */
  private open(epoch: number): void {
    this.opens = this.opens.then(async () => {
      for (
        let waitMs = 200;
        epoch === this.epoch && this.opening.size > 0 && !this.stopping;
        waitMs = Math.min(2 * waitMs, 5_000)
      ) {
        try {
          await this.openAll([...this.opening.values()], epoch);
        } catch (error) {
          this.parts.log.warn(
            { err: error, partitions: [...this.opening.keys()] },
            "could not open partitions; trying on",
          );
          await pause(waitMs, this.closing.signal);
        }
      }
    });
  }

  private async openAll(ids: readonly PartitionId[], epoch: number): Promise<void> {
    const { broker, worker, log } = this.parts;
    const opened = await openPartitions(ids, { broker, groupId: worker.name, start: worker.start, log });
    for (const each of opened) {
      const name = nameOf(each.family.source, each.partition);
      if (epoch !== this.epoch || this.stopping) {
        void each.producer.close();
        continue;
      }
      this.opening.delete(name);
      const owned = new OwnedPartition(each, {
        ...this.parts,
        member: this.member,
        heartbeat: (signal) => this.nextHeartbeat(signal),
        lost: (lost, reason) => this.lost(lost, reason),
      });
      this.owned.set(name, owned);
      owned.position();
    }
    this.parts.metrics.openPartitions.set(this.owned.size);
  }

  /** Opened anew once a heartbeat shows that it is still this member's, and its last handlers have ended. */
  private lost(owned: OwnedPartition, reason: string): void {
    if (this.owned.get(owned.name) !== owned) return;
    const { epoch } = this;
    this.parts.log.warn(
      { partition: owned.name, reason },
      "partition lost; opening it anew after the next heartbeat",
    );
    for (const track of owned.opened.tracks.values()) this.member.pause(track.topic, track.partition);
    owned.close();
    this.owned.delete(owned.name);
    void (async () => {
      await this.nextHeartbeat(this.closing.signal);
      while (owned.partition.running > 0 && !this.closing.signal.aborted)
        await pause(10, this.closing.signal);
      if (epoch !== this.epoch || this.stopping) return;
      this.opening.set(owned.name, owned.opened);
      this.open(epoch);
    })();
  }

  private batch(
    topic: string,
    partition: number,
    records: readonly KafkaRecord[],
    nextOffset: number,
  ): boolean {
    if (this.parts.dispatcher.draining) return false;
    const family = this.parts.families.find(
      ({ source }) => topic === source || topic.startsWith(`${source}.${this.parts.worker.name}.`),
    );
    const owned = family && this.owned.get(nameOf(family.source, partition));
    return owned?.take(topic, records, nextOffset) ?? false;
  }

  private heartbeat(): void {
    this.lastHeartbeat = performance.now();
    const waiting = this.heartbeatWaiters;
    this.heartbeatWaiters = [];
    for (const resolve of waiting) resolve();
    this.parts.dispatcher.kick();
  }

  private nextHeartbeat(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      this.heartbeatWaiters.push(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  private async trim(): Promise<void> {
    for (const owned of this.owned.values()) await trim(owned, this.parts.broker.admin, this.parts.log);
  }
}
