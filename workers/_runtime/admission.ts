import type { Logger } from "pino";
import type { Codec } from "./codec.ts";
import { Unavailable, Unframed } from "./errors.ts";
import { readFrame } from "./frame.ts";
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
  /** Pauses or resumes tracks by what the partition holds now. */
  readonly flow: () => void;
  readonly log: Logger;
}

/**
 * Lets a partition's records in, in the order of the log: what is not ours is done at once, never parked. A schema id
 * that was never seen holds back what lies behind it until the registry answers; an outage of the registry routes nothing.
 */
export class Admission {
  private readonly parts: AdmissionParts;
  private readonly partition: Partition;
  private waiting: readonly KafkaRecord[] = [];
  private readonly closing = new AbortController();

  constructor(partition: Partition, parts: AdmissionParts) {
    this.partition = partition;
    this.parts = parts;
  }

  /** Records wait for the registry: nothing more may be taken. */
  get blocked(): boolean {
    return this.waiting.length > 0;
  }

  take(track: Track, records: readonly KafkaRecord[], nextOffset: number): void {
    if (track.topic !== this.partition.source) {
      for (const record of records) this.admitDerived(track, record);
    } else {
      const stoppedAt = this.admit(track, records);
      if (stoppedAt !== undefined) {
        this.waiting = records.slice(stoppedAt);
        void this.askRegistry(track, nextOffset);
        return;
      }
    }
    this.advance(track, nextOffset);
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

  /** Index of the record whose schema id has to be asked for, or undefined when all are in. */
  private admit(track: Track, records: readonly KafkaRecord[]): number | undefined {
    let skipped = 0;
    for (let i = 0; i < records.length; i++) {
      const record = records[i];
      if (!record || record.offset < track.next) continue;
      if (!track.isDone(record.offset)) {
        const frame = readFrame(record.value);
        if (frame.kind === "poison") this.partition.placePoison(track, record, new Unframed(frame.reason));
        else if (frame.kind === "tombstone") {
          if (this.parts.tombstones) this.partition.placeSource(track, record);
          else skipped++;
        } else {
          const name = this.parts.codec.nameOf(frame.schemaId);
          if (name === undefined) {
            this.parts.skipped(skipped);
            return i;
          }
          if (this.parts.wanted.has(name)) this.partition.placeSource(track, record);
          else skipped++;
        }
      }
      track.read(record.offset);
    }
    if (skipped > 0) this.parts.skipped(skipped);
    return undefined;
  }

  private async askRegistry(track: Track, nextOffset: number): Promise<void> {
    const { signal } = this.closing;
    for (let waitMs = 250; this.waiting.length > 0 && !signal.aborted; ) {
      const [first] = this.waiting;
      const frame = readFrame(first?.value ?? null);
      if (first && frame.kind === "event") {
        try {
          await this.parts.codec.resolveName(frame.schemaId, signal);
          waitMs = 250;
        } catch (error) {
          if (signal.aborted) return;
          if (error instanceof Unavailable) {
            this.parts.log.warn(
              { err: error, topic: track.topic, partition: track.partition },
              "the registry is away; the partition waits",
            );
            await pause(waitMs, signal);
            waitMs = Math.min(waitMs * 2, 5_000);
            continue;
          }
          // The registry doesn't know the id: as one of ours it goes through the retry ladder to the DLQ.
          this.partition.placeSource(track, first);
          track.read(first.offset);
        }
      }
      if (signal.aborted) return;
      const stoppedAt = this.admit(track, this.waiting);
      this.waiting = stoppedAt === undefined ? [] : this.waiting.slice(stoppedAt);
    }
    this.advance(track, nextOffset);
    this.parts.flow();
  }
}
