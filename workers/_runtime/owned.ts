import type { Logger } from "pino";
import { Admission } from "./admission.ts";
import type { Attempts } from "./attempt.ts";
import { Blockers } from "./blockers.ts";
import type { Bodies } from "./bodies.ts";
import type { Breaker } from "./breaker.ts";
import type { Broker, GroupMember } from "./broker.ts";
import type { ClockSkew } from "./clock-skew.ts";
import type { Codec } from "./codec.ts";
import type { Dispatcher } from "./dispatch.ts";
import { setPaused, shouldPause } from "./flow.ts";
import type { Memory } from "./memory.ts";
import type { Metrics } from "./metrics.ts";
import { nameOf, type Opened, transactionalIdOf } from "./open.ts";
import { Outcomes } from "./outcomes.ts";
import { Partition } from "./partition.ts";
import type { PartitionStatus } from "./partition-status.ts";
import type { KafkaRecord } from "./record.ts";
import type { Report } from "./report.ts";
import { idOf, type Run } from "./run-state.ts";
import { Transactions } from "./transaction.ts";
import type { Worker } from "./worker.ts";

/** How often a partition looks whether the record that blocks it can be decoded, or its copy be written, by now. */
const RECHECK_MS = 60_000;

/** What all partitions of one process share. */
export interface ProcessParts {
  readonly worker: Worker;
  readonly build: string;
  readonly broker: Broker;
  readonly codec: Codec;
  readonly attempts: Attempts;
  readonly dispatcher: Dispatcher;
  readonly breaker: Breaker;
  readonly memory: Memory;
  readonly bodies: Bodies;
  readonly metrics: Metrics;
  readonly report: Report;
  readonly skew: ClockSkew;
  readonly log: Logger;
}

export interface OwnParts extends ProcessParts {
  readonly member: GroupMember;
  readonly heartbeat: (signal: AbortSignal) => Promise<void>;
  /** Its outcomes can't be written any more: it has to be opened anew. */
  readonly lost: (owned: OwnedPartition, reason: string, afterMs?: number) => void;
}

/** A partition that this process owns, with everything that reads, runs and writes for it. */
export class OwnedPartition {
  readonly opened: Opened;
  readonly partition: Partition;
  readonly transactions: Transactions;
  private readonly outcomes: Outcomes;
  private readonly admission: Admission;
  private readonly blockers: Blockers;
  private readonly closing = new AbortController();
  private readonly parts: OwnParts;
  /** The source's high watermark when it was last looked at. */
  sourceEnd: number | undefined;
  private recheck: NodeJS.Timeout | undefined;

  constructor(opened: Opened, parts: OwnParts) {
    this.opened = opened;
    this.parts = parts;
    const { worker, codec, log, report, metrics } = parts;
    const { family, tracks } = opened;
    this.partition = new Partition({
      ...parts,
      family,
      partition: opened.partition,
      tracks,
      ordered: worker.order === "key",
      onScanned: () => this.flow(),
    });
    this.transactions = new Transactions(
      {
        broker: parts.broker,
        groupId: worker.name,
        transactionalId: transactionalIdOf(worker.name, family.source, opened.partition),
        tracks: () => [...tracks.values()],
        heartbeat: parts.heartbeat,
        settled: (runs) => this.committed(runs),
        refused: (run, error) => this.outcomes.refused(run, error),
        lost: (reason) => parts.lost(this, reason),
        stuck: (run, error) =>
          parts.lost(
            this,
            `the broker refuses even the copy of record ${idOf(run)}: ${error.message}`,
            RECHECK_MS,
          ),
        observe: (result, seconds) => {
          metrics.transactions.inc({ result });
          metrics.transactionSeconds.observe({}, seconds);
        },
        log,
      },
      opened,
    );
    this.outcomes = new Outcomes(this.partition, {
      family,
      breaker: parts.breaker,
      copies: { worker: worker.name, build: parts.build, sourceTopic: family.source, dlq: family.dlq },
      report,
      transactions: this.transactions,
      onHalt: (reason, schemaId, run) => this.halt(reason, schemaId, run),
    });
    this.blockers = new Blockers({
      move: (run, record) => this.outcomes.move(run, record),
      load: (run, signal) => parts.bodies.load(run, signal),
      signal: this.closing.signal,
    });
    this.partition.writeThrough(this.outcomes, this.transactions);
    const source = worker.reads.find(({ topic }) => topic.name === family.source);
    this.admission = new Admission(this.partition, {
      codec,
      wanted: new Set(source?.records.map(({ fullName }) => fullName)),
      tombstones: worker.tombstones,
      skipped: (count) => report.skipped(family.source, count),
      admitted: () => {
        this.transactions.schedule();
        this.flow();
      },
      log,
    });
    if ([...tracks.values()].some((track) => track.dirty)) this.transactions.schedule();
  }

  get name(): string {
    return nameOf(this.opened.family.source, this.opened.partition);
  }

  /** Records between the committed offset and the end of the source; undefined: not known yet. */
  get lag(): number | undefined {
    const { source } = this.opened.family;
    const committed = this.transactions.committed.get(source) ?? this.opened.tracks.get(source)?.next;
    return this.sourceEnd === undefined || committed === undefined
      ? undefined
      : Math.max(0, this.sourceEnd - committed);
  }

  /** Positions are lost at each join: every track is sought to where this process got, and paused or not anew. */
  position(): void {
    for (const track of this.opened.tracks.values()) {
      track.paused = true;
      this.parts.member.seek(track.topic, track.partition, track.next);
    }
    this.partition.finishScan();
    this.flow();
  }

  take(topic: string, records: readonly KafkaRecord[], nextOffset: number): boolean {
    const track = this.opened.tracks.get(topic);
    if (!track || track.paused || this.partition.state === "closed") return false;
    // What lies in retry topics goes on: nothing in them has to be asked for.
    if (topic === this.opened.family.source && this.admission.blocked) return false;
    this.admission.take(track, records, nextOffset);
    if (track.dirty) this.transactions.schedule();
    this.partition.finishScan();
    this.flow();
    return true;
  }

  flow(): void {
    if (this.partition.state === "closed") return;
    const { held, heldBytes, outstanding } = this.partition;
    const scanning = this.partition.state === "scanning";
    const { source, replay } = this.opened.family;
    for (const track of this.opened.tracks.values()) {
      const isEntry = track.topic === source || track.topic === replay;
      const paused =
        isEntry &&
        shouldPause(
          { held, heldBytes, outstanding, blocked: this.admission.blocked, scanning },
          track.paused,
        );
      if (paused && !track.paused && this.transactions.backlog > 0) this.transactions.hurry();
      setPaused(track, paused, this.parts.member);
    }
  }

  private committed(runs: readonly Run[]): void {
    this.partition.settled(runs);
    for (const track of this.opened.tracks.values()) {
      if (track.topic !== this.opened.family.source) this.blockers.moveAway(track.blockers());
      else if (this.admission.blocked) this.admission.goOn(track);
    }
    this.flow();
  }

  private halt(reason: string, schemaId: number | undefined, run: Run): void {
    if (this.partition.halted) return;
    this.partition.halted = { reason, schemaId, record: idOf(run), since: Date.now() };
    this.parts.log.error(
      { ...this.partition.halted, partition: this.name },
      "partition halted: this reader can't resolve the writer's schema",
    );
    this.recheck = setTimeout(() => this.goOn(), RECHECK_MS);
  }

  private goOn(): void {
    clearTimeout(this.recheck);
    this.partition.halted = undefined;
    this.partition.queues.unstall();
  }

  /** The operator's way out of a halt: blocking records of `schemaId` (default: the one that halted it) go to the DLQ. */
  release(schemaId: number | undefined): boolean {
    const blocking = schemaId ?? this.partition.halted?.schemaId;
    if (!this.partition.halted || blocking === undefined) return false;
    this.outcomes.release(blocking);
    this.goOn();
    return true;
  }

  status(draining: boolean): PartitionStatus {
    const { halted, state } = this.partition;
    return {
      topic: this.opened.family.source,
      partition: this.opened.partition,
      state: halted ? "halted" : draining && state === "running" ? "draining" : state,
      committedOffset: this.transactions.committed.get(this.opened.family.source),
      parkedKeys: this.partition.queues.parkedKeys,
      outstanding: this.partition.outstanding,
      ...(this.lag === undefined ? {} : { lag: this.lag }),
      ...(halted ? { halted } : {}),
    };
  }

  close(): void {
    this.closing.abort();
    clearTimeout(this.recheck);
    this.admission.close();
    this.partition.close();
    this.parts.metrics.partitionGone(this.opened.family.source, this.opened.partition);
  }
}
