import type { Broker } from "./broker.ts";
import type { Memory } from "./memory.ts";
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
    while (this.fetching >= MOST_FETCHES) await new Promise<void>((resolve) => this.waiting.push(resolve));
    signal.throwIfAborted();
    if (run.record) return run.record;
    this.fetching++;
    try {
      return await this.fetch(run, signal);
    } finally {
      this.fetching--;
      this.waiting.shift()?.();
    }
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
      if (neighbour.charged) neighbour.record = record;
    }
    if (wanted) return wanted;
    throw new Error(
      `Cannot fetch record ${idOf(run)} as '${track.topic}' has nothing at ${track.partition}/${run.offset} any more`,
    );
  }
}
