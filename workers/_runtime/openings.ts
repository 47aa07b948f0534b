import type { Logger } from "pino";
import { nameOf, type Opened, type PartitionId } from "./open.ts";
import { pause } from "./wait.ts";

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;
/** How often it is looked whether the last handlers of a former opening have ended. */
const LOOK_AGAIN_MS = 10;

export interface OpeningParts {
  /** @throws when they can't be opened now */
  readonly open: (ids: readonly PartitionId[]) => Promise<readonly Opened[]>;
  readonly opened: (opened: Opened) => void;
  readonly log: Logger;
}

/** A former opening of the same partition in this process. */
interface Former {
  readonly name: string;
  readonly partition: { readonly running: number };
  /** Whether the group has said since that it is still this member's. */
  proved: boolean;
}

/**
 * Assigned partitions that are not open yet. One opening at a time, tried again until it works or the next join says
 * otherwise; never while handlers of a former opening still run, or a key would be handled twice at once.
 */
export class Openings {
  private readonly parts: OpeningParts;
  private readonly closing: AbortSignal;
  private readonly ids = new Map<string, PartitionId>();
  private former: Former[] = [];
  private busy = false;

  constructor(parts: OpeningParts, closing: AbortSignal) {
    this.parts = parts;
    this.closing = closing;
  }

  get size(): number {
    return this.ids.size;
  }

  list(): readonly PartitionId[] {
    return [...this.ids.values()];
  }

  /** What a join assigned and isn't open: an opening that it doesn't name is given up. */
  assign(ids: readonly PartitionId[]): void {
    this.ids.clear();
    for (const id of ids) this.ids.set(idName(id), id);
    void this.run();
  }

  /** Opens `id` again once `proof` resolves. */
  again(id: PartitionId, proof: Promise<void>): void {
    this.ids.set(idName(id), id);
    for (const each of this.former) {
      if (each.name !== idName(id) || each.proved) continue;
      void proof.then(() => {
        each.proved = true;
      });
    }
    void this.run();
  }

  /** The partition was closed here, maybe with handlers running; `proved` when by a join. */
  closed(name: string, partition: { readonly running: number }, proved: boolean): void {
    this.former = this.former.filter((each) => !each.proved || each.partition.running > 0);
    this.former.push({ name, partition, proved });
  }

  /** Resolves when no opening is under way any more, or at `deadline`. */
  async ended(deadline: AbortSignal): Promise<void> {
    while (this.busy && !deadline.aborted) await pause(LOOK_AGAIN_MS, deadline);
  }

  private async run(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    let waitMs = FIRST_WAIT_MS;
    while (this.ids.size > 0 && !this.closing.aborted) {
      const ready = [...this.ids.values()].filter((id) => this.mayOpen(idName(id)));
      if (ready.length === 0) {
        await pause(LOOK_AGAIN_MS, this.closing);
        continue;
      }
      try {
        await this.took(ready, await this.parts.open(ready));
        waitMs = FIRST_WAIT_MS;
      } catch (error) {
        if (this.closing.aborted) break;
        this.parts.log.warn(
          { err: error, partitions: ready.map(idName) },
          "could not open partitions; trying on",
        );
        await pause(waitMs, this.closing);
        waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
      }
    }
    this.busy = false;
  }

  private async took(ids: readonly PartitionId[], opened: readonly Opened[]): Promise<void> {
    const unwanted: Opened[] = [];
    opened.forEach((each, i) => {
      const name = idName(each);
      // A join meanwhile: whoever has it now fences it once more.
      if (this.ids.get(name) !== ids[i] || this.closing.aborted) {
        unwanted.push(each);
      } else {
        this.ids.delete(name);
        this.parts.opened(each);
      }
    });
    await Promise.all(unwanted.map(({ producer }) => producer.close()));
  }

  private mayOpen(name: string): boolean {
    return this.former.every((each) => each.name !== name || (each.proved && each.partition.running === 0));
  }
}

function idName({ family, partition }: PartitionId): string {
  return nameOf(family.source, partition);
}
