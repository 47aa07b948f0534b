import { type DoneRun, decodeDoneMap, encodeDoneMap } from "./done-map.ts";
import type { OffsetCommit } from "./record.ts";
import type { Run } from "./run-state.ts";

/** Beyond this many characters of done map the track counts as fragmented. */
const FRAGMENTED_CHARS = 3000;
/** Beyond this nothing is let in or started (the broker's limit is 4096). */
const FULL_CHARS = 3800;
/** The most a single offset can add by becoming done, or undone again: two varints of 3 bytes, in base64. */
const CHARS_PER_CHANGE = 8;
/** Measuring walks over all undone runs: not for fewer changes than this. */
const MEASURE_AFTER = 64;

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
  /** The last offset read that was a record of ours. */
  private lastOurs = -1;
  /** Of the map if all that is not waiting were done. */
  private measuredChars: number;
  private changesSince = 0;
  /** Index in `runs`: none below it waits. */
  private lowest = 0;

  constructor(topic: string, partition: number, position: { base: number; metadata: string; end: number }) {
    this.topic = topic;
    this.partition = partition;
    this.next = position.base;
    this.end = position.end;
    this.above = decodeDoneMap(position.base, position.metadata);
    this.measuredChars = position.metadata.length;
  }

  get scanned(): boolean {
    return this.next >= this.end;
  }

  /** Whether the last owner had `offset` done; asked for ascending offsets. */
  isDone(offset: number): boolean {
    while (this.above[0] && this.above[0].to <= offset) this.above.shift();
    const first = this.above[0];
    const done = first !== undefined && first.from <= offset;
    if (done) this.lastOurs = offset;
    return done;
  }

  /** A record of ours that was read and is not done; ascending offsets. */
  add(run: Run): void {
    run.previousOffset = this.lastOurs;
    this.lastOurs = run.offset;
    this.runs.push(run);
  }

  /** A record of ours was read and is done already: above undone ones that is a place in the map. */
  passed(offset: number): void {
    this.lastOurs = offset;
    if (this.undone > 0) this.changesSince++;
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
    if (offset >= this.next) this.next = offset + 1;
    this.dirty = true;
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
      this.lowest = 0;
      this.doneInside = 0;
    }
  }

  /** Lets go of all undone runs, which it returns: the partition is closed. */
  clear(): Run[] {
    const left = this.runs.slice(this.head).filter((run) => run.state !== "done");
    this.runs = [];
    this.head = 0;
    this.lowest = 0;
    this.doneInside = 0;
    return left;
  }

  /** `run` is not waiting any more: the map may grow by it, but not when none that waits lies below it. */
  left(run: Run): void {
    for (; this.lowest < this.runs.length; this.lowest++) {
      const lowest = this.runs[this.lowest];
      if (lowest === run) {
        this.lowest++;
        return;
      }
      if (lowest?.state === "waiting") break;
    }
    this.changesSince++;
  }

  /** A run waits again: the map may be torn apart by it. */
  returned(): void {
    this.changesSince++;
    this.lowest = this.head;
  }

  /** Whether the done map takes one more change without outgrowing its 4096 bytes, whatever is under way. */
  get hasRoom(): boolean {
    if (this.isFull && this.changesSince >= MEASURE_AFTER) this.measure();
    return !this.isFull;
  }

  /**
   * Whether `run` may start. The lowest that waits always may: finishing it shrinks the map, so a full map never locks
   * up.
   */
  hasRoomFor(run: Run): boolean {
    return this.hasRoom || run === this.lowestWaiting();
  }

  private lowestWaiting(): Run | undefined {
    while (this.lowest < this.runs.length && this.runs[this.lowest]?.state !== "waiting") this.lowest++;
    return this.runs[this.lowest];
  }

  private get isFull(): boolean {
    return this.measuredChars + this.changesSince * CHARS_PER_CHANGE > FULL_CHARS;
  }

  private measure(): void {
    this.measuredChars = this.map(isNotWaiting).length;
    this.changesSince = 0;
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
    this.sweepHead();
    if (this.measuredChars + this.changesSince * CHARS_PER_CHANGE >= FRAGMENTED_CHARS) this.measure();
    const { topic, partition } = this;
    return { topic, partition, offset: this.firstUndone(isSettled), metadata: this.map(isSettled) };
  }

  private firstUndone(isDone: (run: Run) => boolean): number {
    for (let i = this.head; i < this.runs.length; i++) {
      const run = this.runs[i];
      if (run && !isDone(run)) return run.offset;
    }
    return this.above[0] && this.above[0].from <= this.next
      ? Math.max(this.next, this.above[0].to)
      : this.next;
  }

  /**
   * The map above the first undone run. What is not ours needs no place in it: the next owner skips it again, and a
   * topic of many kinds of records would fill the map with it.
   */
  private map(isDone: (run: Run) => boolean): string {
    const base = this.firstUndone(isDone);
    const done: DoneRun[] = [];
    let previous: Run | undefined;
    for (let i = this.head; i < this.runs.length; i++) {
      const run = this.runs[i];
      if (!run || isDone(run)) continue;
      if (previous && run.previousOffset !== previous.offset)
        done.push({ from: previous.offset + 1, to: run.offset });
      previous = run;
    }
    if (previous && previous.offset < this.lastOurs)
      done.push({ from: previous.offset + 1, to: this.lastOurs + 1 });
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
      this.lowest = Math.max(0, this.lowest - this.head);
      this.head = 0;
    }
  }
}

function isSettled(run: Run): boolean {
  return run.state === "committing" || run.state === "done";
}

function isNotWaiting(run: Run): boolean {
  return run.state !== "waiting";
}
