import type { Broker } from "./broker.ts";
import { detached, type Memory } from "./memory.ts";
import type { KafkaRecord } from "./record.ts";
import { idOf, type Run } from "./run-state.ts";

const FETCH_BYTES = 262_144;
const MOST_FETCHES = 4;

/** Fetches bodies of records that were beyond the memory for records read ahead, a few at a time. */
export class Bodies {
  private readonly broker: Broker;
  private readonly memory: Memory;
  private fetching = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(broker: Broker, memory: Memory) {
    this.broker = broker;
    this.memory = memory;
  }

  /**
   * The body of `run`; bodies of its neighbours that have room by now come along: they were read together and will
   * mostly be due together.
   * @throws {Error} when the log doesn't have it: its topic was deleted or trimmed by hand
   */
  async load(run: Run, signal: AbortSignal): Promise<KafkaRecord> {
    // Each that ends wakes one, also one that gave up meanwhile: so whoever is woken goes on to wake the next.
    await this.turn(signal);
    try {
      signal.throwIfAborted();
      return run.record ?? (await this.fetch(run, signal));
    } finally {
      this.fetching--;
      this.waiting.shift()?.();
    }
  }

  /** Resolves with a place among the few that fetch, which the caller gives back; its signal may be aborted by then. */
  private async turn(signal: AbortSignal): Promise<void> {
    while (this.fetching >= MOST_FETCHES && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = () => resolve();
      this.waiting.push(wake);
      signal.addEventListener("abort", wake, { once: true });
      await promise;
      signal.removeEventListener("abort", wake);
      const at = this.waiting.indexOf(wake);
      if (at >= 0) this.waiting.splice(at, 1);
    }
    this.fetching++;
  }

  private async fetch(run: Run, signal: AbortSignal): Promise<KafkaRecord> {
    const { track } = run;
    const records = await this.broker.readAt(track.topic, track.partition, run.offset, FETCH_BYTES);
    signal.throwIfAborted();
    let wanted: KafkaRecord | undefined;
    for (const record of records) {
      if (record.offset === run.offset) wanted = record;
      const neighbour = track.runAt(record.offset);
      if (!neighbour || neighbour === run || neighbour.record || neighbour.state !== "waiting") continue;
      neighbour.charged = this.memory.take(neighbour.bytes);
      if (neighbour.charged) neighbour.record = detached(record);
    }
    if (wanted) return detached(wanted);
    throw new Error(
      `Cannot fetch record ${idOf(run)} as '${track.topic}' has nothing at ${track.partition}/${run.offset} any more`,
    );
  }
}
