import type { Assigned, GroupMember, MemberEvents } from "./broker.ts";
import { type Family, readTopics } from "./family.ts";
import { Lease } from "./lease.ts";
import { nameOf, type Opened, openPartitions, type PartitionId } from "./open.ts";
import { Openings } from "./openings.ts";
import { OwnedPartition, type ProcessParts } from "./owned.ts";
import { partitionControl } from "./partition-control.ts";
import type { PartitionControl } from "./partition-status.ts";
import type { KafkaRecord } from "./record.ts";
import { survey } from "./survey.ts";
import { pause } from "./wait.ts";

const SESSION_TIMEOUT_MS = 6_000;
/** No handler starts when the last good heartbeat is older than this share of the session. */
const LEASE_SHARE = 0.9;
/** Beyond the handlers' timeout, for a drain; and for the group to wait beyond that. */
const DRAIN_MARGIN_MS = 10_000;
/** For abandoned handlers to let go, for what is decided to be written, and to leave the group. */
const LET_GO_MS = 1_000;
const LAST_FLUSH_MS = 5_000;
const LEAVE_MS = 5_000;

export interface MembershipParts extends ProcessParts {
  readonly families: readonly Family[];
  /** The member can't go on: the process must end. */
  readonly crashed: (error: Error) => void;
}

/** This process as a member of its worker's group: which partitions it owns, and how they come and go. */
export class Membership {
  /** What an operator may ask of it. */
  readonly control: PartitionControl;
  private readonly parts: MembershipParts;
  private readonly member: GroupMember;
  private readonly owned = new Map<string, OwnedPartition>();
  private readonly closing = new AbortController();
  private readonly openings: Openings;
  private readonly lease = new Lease(SESSION_TIMEOUT_MS * LEASE_SHARE);
  /** Topics of each family as of the last join. */
  private topics: readonly (readonly string[])[] | undefined;
  private joins = 0;
  private stopping = false;

  constructor(parts: MembershipParts) {
    this.parts = parts;
    const events: MemberEvents = {
      drain: (expelled) => this.drain(expelled),
      assigned: (assigned) => this.assigned(assigned),
      batch: (topic, partition, records, nextOffset) => this.batch(topic, partition, records, nextOffset),
      heartbeat: (sentAt) => this.heartbeat(sentAt),
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
    const { worker, broker, log } = parts;
    const { start } = worker;
    const { signal } = this.closing;
    this.openings = new Openings(
      {
        open: (ids) => openPartitions(ids, { broker, groupId: worker.name, start, log, signal }),
        opened: (opened) => this.own(opened),
        log,
      },
      signal,
    );
    const draining = () => parts.dispatcher.draining;
    this.control = partitionControl(this.owned, this.openings, draining);
  }

  /** @throws when the group can't be joined; to be stopped then, too */
  async start(): Promise<void> {
    await this.member.start();
    const parts = {
      ...this.parts,
      admin: this.parts.broker.admin,
      owned: () => [...this.owned.values()],
      joined: () => this.topics,
      rejoin: () => this.member.rejoin(),
    };
    void survey(parts, this.closing.signal);
  }

  /** Joined, and everything assigned is open and scanned. */
  get ready(): string | undefined {
    if (this.joins === 0) return "has not joined its group yet";
    const waiting =
      [...this.owned.values()].filter(({ partition }) => partition.state === "scanning").length +
      this.openings.size;
    return waiting === 0 ? undefined : `${waiting} partitions are being opened or scanned`;
  }

  get sources(): readonly string[] {
    return this.parts.families.map(({ source }) => source);
  }

  get partitions(): IterableIterator<OwnedPartition> {
    return this.owned.values();
  }

  /** `now` by `performance.now()`. */
  leaseHolds(now: number): boolean {
    return this.lease.holdsAt(now);
  }

  /** Stops fetching, lets handlers finish until `deadlineMs`, abandons the rest, commits, leaves the group. */
  async stop(deadlineMs: number): Promise<void> {
    this.stopping = true;
    for (const { opened } of this.owned.values()) {
      for (const track of opened.tracks.values()) this.member.pause(track.topic, track.partition);
    }
    const expired = AbortSignal.timeout(deadlineMs);
    await this.quiesce(expired);
    if (expired.aborted) this.parts.attempts.abandon();
    // Abandoned handlers get a moment to let go; what they come to isn't written.
    await this.quiesce(AbortSignal.timeout(LET_GO_MS));
    await this.flush(AbortSignal.timeout(LAST_FLUSH_MS));
    this.closing.abort();
    this.parts.dispatcher.stop();
    for (const owned of this.owned.values()) owned.close();
    this.owned.clear();
    // What is being opened ends by itself now: its producers are to be closed before the broker is.
    await Promise.all([this.openings.ended(AbortSignal.timeout(LEAVE_MS)), this.member.stop(LEAVE_MS)]);
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
    this.joins++;
    this.topics = families.map(({ topics }) => topics);
    this.parts.metrics.rebalances.inc();
    const wanted = this.wanted(families);
    for (const [name, owned] of this.owned) {
      const keeps = sameMember && wanted.get(name)?.topics.every((topic) => owned.opened.tracks.has(topic));
      if (!keeps) this.close(owned, true);
    }
    this.lease.renewed(performance.now());
    this.parts.dispatcher.draining = false;
    const opening = [...wanted].flatMap(([name, id]) => (this.owned.has(name) ? [] : [id]));
    for (const owned of this.owned.values()) owned.position();
    this.parts.log.info(
      { join: this.joins, kept: [...this.owned.keys()], opening: opening.length },
      "joined",
    );
    this.openings.assign(opening);
    this.parts.dispatcher.kick();
  }

  private wanted(families: Assigned["families"]): Map<string, PartitionId> {
    const wanted = new Map<string, PartitionId>();
    for (const { topics, partitions } of families) {
      const family = this.parts.families.find(({ source }) => source === topics[0]);
      if (!family) continue;
      for (const partition of partitions)
        wanted.set(nameOf(family.source, partition), { family, topics, partition });
    }
    return wanted;
  }

  private own(opened: Opened): void {
    const owned = new OwnedPartition(opened, {
      ...this.parts,
      member: this.member,
      heartbeat: (signal) => this.lease.proved(signal),
      lost: (lost, reason, afterMs) => this.lost(lost, reason, afterMs),
    });
    this.owned.set(owned.name, owned);
    owned.position();
  }

  private close(owned: OwnedPartition, byJoin: boolean): void {
    owned.close();
    this.owned.delete(owned.name);
    this.openings.closed(owned.name, owned.partition, byJoin);
  }

  /** Opened anew after `afterMs`, once a heartbeat shows that it is still this member's, and its handlers have ended. */
  private lost(owned: OwnedPartition, reason: string, afterMs = 0): void {
    if (this.owned.get(owned.name) !== owned || this.stopping) return;
    const { name, opened } = owned;
    this.parts.log.error({ partition: name, reason, afterMs }, "partition lost; opening it anew");
    for (const track of opened.tracks.values()) this.member.pause(track.topic, track.partition);
    this.close(owned, false);
    this.openings.again(
      { family: opened.family, topics: opened.topics, partition: opened.partition },
      pause(afterMs, this.closing.signal).then(() => this.lease.proved(this.closing.signal)),
    );
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

  private heartbeat(sentAt: number): void {
    this.lease.renewed(sentAt);
    this.parts.dispatcher.kick();
  }
}
