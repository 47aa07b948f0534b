import { type DoneRun, decodeDoneMap, encodeDoneMap } from "./done-map.ts";
import type { OffsetCommit } from "./record.ts";
import type { Run } from "./run-state.ts";

/** Beyond this many characters of done map the track counts as fragmented (the broker's limit is 4096). */
const FRAGMENTED_CHARS = 3000;
const LIMIT_CHARS = 4000;
/** The most a single done offset in the middle of an undone run can add: two varints of 3 bytes, in base64. */
const CHARS_PER_RUN = 8;
/** How many runs may start before the map's size is measured again. */
const MEASURE_EVERY = 256;

/**
 * One topic partition as its owner reads it: how far, and which of what was read is not done. Everything below
 * `next` that is not in `runs` is done (not ours, or its transaction committed).
 */
export class Track {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to read. */
  next: number;
  /** The high watermark when it was opened; scanned once `next` reached it. */
  readonly end: number;
  /** Something changed since the last commit. */
  dirty = false;
  paused = true;
  /** Everything below was deleted from the log. */
  trimmedTo = 0;
  /** Not done, ascending by offset from `head` on; done ones are swept out now and then. */
  private runs: Run[] = [];
  private head = 0;
  private doneInside = 0;
  /** Done above `next`, as the last owner left it. */
  private above: DoneRun[];
  private lastOffset = -1;
  private measuredChars = 0;
  private startedSince = 0;
  private running = 0;

  constructor(topic: string, partition: number, position: { base: number; metadata: string; end: number }) {
    this.topic = topic;
    this.partition = partition;
    this.next = position.base;
    this.end = position.end;
    this.above = decodeDoneMap(position.base, position.metadata);
  }

  get scanned(): boolean {
    return this.next >= this.end;
  }

  /** Whether the last owner had `offset` done; asked for ascending offsets. */
  isDone(offset: number): boolean {
    while (this.above[0] && this.above[0].to <= offset) this.above.shift();
    const first = this.above[0];
    return first !== undefined && first.from <= offset;
  }

  /** A record that was read and is not done; ascending offsets. */
  add(run: Run): void {
    run.previousOffset = this.lastOffset;
    this.runs.push(run);
  }

  /** The undone run that lies at `offset`, if any. */
  runAt(offset: number): Run | undefined {
    let low = this.head;
    let high = this.runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.runs[middle]?.offset ?? Number.POSITIVE_INFINITY) < offset) low = middle + 1;
      else high = middle;
    }
    const run = this.runs[low];
    return run?.offset === offset && run.state !== "done" ? run : undefined;
  }

  /** A record was read, whatever became of it. */
  read(offset: number): void {
    this.lastOffset = offset;
    if (offset >= this.next) this.next = offset + 1;
    this.dirty = true;
  }

  /** The lowest offset not done. */
  get base(): number {
    this.sweepHead();
    return this.runs[this.head]?.offset ?? this.next;
  }

  /** Undone records held here. */
  get undone(): number {
    return this.runs.length - this.head - this.doneInside;
  }

  /** A run of this track committed. */
  settled(): void {
    this.doneInside++;
    this.dirty = true;
    if (this.doneInside > 1024 && this.doneInside * 2 > this.runs.length - this.head) {
      this.runs = this.runs.slice(this.head).filter((run) => run.state !== "done");
      this.head = 0;
      this.doneInside = 0;
    }
  }

  started(): void {
    this.running++;
    this.startedSince++;
  }

  stopped(): void {
    this.running--;
  }

  /**
   * Whether `run` may start without the done map outgrowing its 4096 bytes. The lowest undone record always may:
   * finishing it shrinks the map, so a full map never locks up.
   */
  hasRoomFor(run: Run): boolean {
    if (this.startedSince >= MEASURE_EVERY) {
      this.startedSince = 0;
      this.measuredChars = this.map().length;
    }
    return this.measuredChars + this.running * CHARS_PER_RUN < LIMIT_CHARS || run.offset === this.base;
  }

  /** Bodies apart, what stands in the way of a small map: the lowest waiting runs, when the map is fragmented. */
  blockers(): Run[] {
    if (this.measuredChars < FRAGMENTED_CHARS) return [];
    const waiting: Run[] = [];
    const half = Math.ceil(this.undone / 2);
    for (let i = this.head; i < this.runs.length && waiting.length < half; i++) {
      const run = this.runs[i];
      if (run?.state === "waiting") waiting.push(run);
    }
    return waiting;
  }

  /** The commit that counts runs in state "committing" and "done" as done. */
  commit(): OffsetCommit {
    const base = this.firstUndone();
    const metadata = this.map();
    this.measuredChars = metadata.length;
    this.startedSince = 0;
    return { topic: this.topic, partition: this.partition, offset: base, metadata };
  }

  private firstUndone(): number {
    for (let i = this.head; i < this.runs.length; i++) {
      const run = this.runs[i];
      if (run && !isSettled(run)) return run.offset;
    }
    return this.above[0] && this.above[0].from <= this.next
      ? Math.max(this.next, this.above[0].to)
      : this.next;
  }

  private map(): string {
    const base = this.firstUndone();
    const done: DoneRun[] = [];
    let previous: Run | undefined;
    for (let i = this.head; i < this.runs.length; i++) {
      const run = this.runs[i];
      if (!run || isSettled(run)) continue;
      // Offsets that never held a record (transaction markers) lie between the two without anything done there.
      if (previous && run.previousOffset !== previous.offset)
        done.push({ from: previous.offset + 1, to: run.offset });
      previous = run;
    }
    if (previous && previous.offset + 1 < this.next) done.push({ from: previous.offset + 1, to: this.next });
    for (const run of this.above) {
      const last = done.at(-1);
      const from = Math.max(run.from, this.next, base);
      if (run.to <= from) continue;
      if (last && last.to >= from) done[done.length - 1] = { from: last.from, to: run.to };
      else done.push({ from, to: run.to });
    }
    return encodeDoneMap(base, done);
  }

  private sweepHead(): void {
    while (this.head < this.runs.length && this.runs[this.head]?.state === "done") {
      this.head++;
      this.doneInside--;
    }
    if (this.head > 1024 && this.head * 2 > this.runs.length) {
      this.runs = this.runs.slice(this.head);
      this.head = 0;
    }
  }
}

function isSettled(run: Run): boolean {
  return run.state === "committing" || run.state === "done";
}
