import type { Logger } from "pino";
import type { Codec } from "./codec.ts";
import { Unavailable, Unframed } from "./errors.ts";
import { readFrame, schemaIdOf } from "./frame.ts";
import { MalformedHeaders } from "./headers.ts";
import type { Partition } from "./partition.ts";
import type { KafkaRecord } from "./record.ts";
import type { Track } from "./track.ts";
import { pause } from "./wait.ts";

export interface AdmissionParts {
  readonly codec: Codec;
  /** Full names of the records this worker handles from this topic. */
  readonly wanted: ReadonlySet<string>;
  readonly tombstones: boolean;
  readonly skipped: (count: number) => void;
  /** What waited for the registry is in: offsets moved, and there is room for more. */
  readonly admitted: () => void;
  readonly log: Logger;
}

/**
 * Lets a partition's records in, in the order of the log: what is not ours is done at once, never parked. A schema id
 * that was never seen holds back what lies behind it until the registry answers; an outage of the registry routes
 * nothing. So does a full done map, until something commits: what is parked or poison is done without being started.
 */
export class Admission {
  private readonly parts: AdmissionParts;
  private readonly partition: Partition;
  /** Read from the source and not let in yet, with the offset behind them. */
  private waiting: readonly KafkaRecord[] = [];
  private nextOffset = 0;
  private asking = false;
  private readonly closing = new AbortController();

  constructor(partition: Partition, parts: AdmissionParts) {
    this.partition = partition;
    this.parts = parts;
  }

  /** Source records wait for the registry, or for room in the done map: no more of them may be taken. */
  get blocked(): boolean {
    return this.waiting.length > 0;
  }

  take(track: Track, records: readonly KafkaRecord[], nextOffset: number): void {
    if (track.topic === this.partition.source) {
      this.waiting = records;
      this.nextOffset = nextOffset;
      this.goOn(track);
    } else {
      for (const record of records) this.admitDerived(track, record);
      this.advance(track, nextOffset);
    }
  }

  /** Lets in of the source's records what may come in by now. */
  goOn(track: Track): void {
    if (this.asking) return;
    const stop = this.admit(track, this.waiting);
    this.waiting = stop ? this.waiting.slice(stop.at) : [];
    if (!stop) this.advance(track, this.nextOffset);
    else if (stop.why === "schema") void this.askRegistry(track);
  }

  close(): void {
    this.closing.abort();
    this.waiting = [];
  }

  private advance(track: Track, nextOffset: number): void {
    if (nextOffset > track.next) {
      track.next = nextOffset;
      track.dirty = true;
    }
  }

  private admitDerived(track: Track, record: KafkaRecord): void {
    if (record.offset < track.next) return;
    const done = track.isDone(record.offset);
    if (!done) {
      try {
        this.partition.placeDerived(track, record);
      } catch (error) {
        if (!(error instanceof MalformedHeaders)) throw error;
        this.partition.placePoison(track, record, error);
      }
    }
    track.read(record.offset);
  }

  /** Where it has to stop and what for, or undefined when all are in. */
  private admit(
    track: Track,
    records: readonly KafkaRecord[],
  ): { readonly at: number; readonly why: "schema" | "room" } | undefined {
    let skipped = 0;
    for (let i = 0; i < records.length; i++) {
      const record = records[i];
      if (!record || record.offset < track.next) continue;
      if (!track.isDone(record.offset)) {
        if (!track.hasRoom) {
          this.parts.skipped(skipped);
          return { at: i, why: "room" };
        }
        const schemaId = schemaIdOf(record.value);
        if (schemaId !== undefined) {
          const name = this.parts.codec.nameOf(schemaId);
          if (name === undefined) {
            this.parts.skipped(skipped);
            return { at: i, why: "schema" };
          }
          if (this.parts.wanted.has(name)) this.partition.placeSource(track, record);
          else skipped++;
        } else if (!this.admitUnframed(track, record)) skipped++;
      }
      track.read(record.offset);
    }
    if (skipped > 0) this.parts.skipped(skipped);
    return undefined;
  }

  /** A tombstone or poison; false when it was skipped. */
  private admitUnframed(track: Track, record: KafkaRecord): boolean {
    const frame = readFrame(record.value);
    if (frame.kind === "poison") this.partition.placePoison(track, record, new Unframed(frame.reason));
    else if (!this.parts.tombstones) return false;
    else this.partition.placeSource(track, record);
    return true;
  }

  /** Until the registry has told what the first of those that wait is. */
  private async askRegistry(track: Track): Promise<void> {
    const { signal } = this.closing;
    const [first] = this.waiting;
    const frame = readFrame(first?.value ?? null);
    if (!first || frame.kind !== "event") return;
    this.asking = true;
    for (let waitMs = 250; !signal.aborted; waitMs = Math.min(waitMs * 2, 5_000)) {
      try {
        await this.parts.codec.resolveName(frame.schemaId, signal);
        break;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof Unavailable)) {
          // The registry doesn't know the id: as one of ours it goes through the retry ladder to the DLQ.
          this.partition.placeSource(track, first);
          track.read(first.offset);
          break;
        }
        const { topic, partition } = track;
        this.parts.log.warn({ err: error, topic, partition }, "the registry is away; the partition waits");
        await pause(waitMs, signal);
      }
    }
    if (signal.aborted) return;
    this.asking = false;
    this.goOn(track);
    this.parts.admitted();
  }
}
