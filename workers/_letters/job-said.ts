import { hasEnded, nextSaid, type Order, SAY_ANYWAY_MS, type Said, told } from "./job.ts";
import { interruptedNote, refusedNote } from "./job-notes.ts";
import type { PlanStore } from "./plan-store.ts";
import type { Tally } from "./tally.ts";

/** How a job ended, once it has. */
export interface JobEnd {
  readonly phase: Said["phase"];
  readonly note: string | undefined;
  /** Epoch ms. */
  readonly at: number;
}

/** Where a job stands, as its replayer knows it. */
export interface Progress {
  phase: Said["phase"];
  end: JobEnd | undefined;
  order: Order;
  canaryPassed: boolean;
  interrupted: string | undefined;
  readonly refused: Map<string, string>;
  readonly tally: Tally;
  /** Records a second. */
  readonly speed: { readonly perSecond: number };
  readonly gates: { readonly allowed: number | undefined; readonly slowed: string | undefined };
}

/** A job that a replayer takes up, wherever it stands. */
export function taken(
  order: Order,
  said: Said | undefined,
  counted: Pick<Progress, "tally" | "speed" | "gates">,
): Progress {
  const ended = said !== undefined && hasEnded(said.phase);
  return {
    phase: "sending",
    end: ended ? { phase: said.phase, note: said.note, at: said.endedAt ?? said.time } : undefined,
    order,
    canaryPassed: said?.canaryPassed ?? false,
    interrupted: said?.interrupted,
    refused: new Map(),
    ...counted,
  };
}

/** What is to be said of it. */
export function saidOf(progress: Progress, now: number): Said {
  const { end, order, tally, gates } = progress;
  return {
    phase: end?.phase ?? (order.paused ? "paused" : progress.phase),
    note: end ? end.note : order.paused ? told(order.paused) : noteOf(progress),
    sent: tally.sentInAll,
    processed: tally.processed,
    deadAgain: tally.deadAgain,
    underWay: tally.underWay,
    skipped: tally.skipped,
    speed: end ? 0 : progress.speed.perSecond,
    allowed: end ? undefined : gates.allowed,
    canaryPassed: progress.canaryPassed,
    refused: [...progress.refused],
    interrupted: progress.interrupted,
    endedAt: end?.at,
    time: now,
  };
}

function noteOf({ refused, interrupted, phase, gates }: Progress): string | undefined {
  if (refused.size > 0) return refusedNote(refused);
  if (interrupted !== undefined) return interruptedNote(interrupted);
  return phase === "awaiting" ? undefined : gates.slowed;
}

/** Says it under the plan's keys, unless nothing has changed since it last did, a little while ago. */
export class Telling {
  readonly #store: Pick<PlanStore, "change">;
  readonly #plan: string;
  readonly #heard: ((said: Said) => void) | undefined;
  #last = "";
  #at = 0;

  constructor(store: Pick<PlanStore, "change">, plan: string, heard?: (said: Said) => void) {
    this.#store = store;
    this.#plan = plan;
    this.#heard = heard;
  }

  async say(said: Said, signal: AbortSignal): Promise<void> {
    const text = JSON.stringify({ ...said, time: 0 });
    if (text === this.#last && said.time - this.#at < SAY_ANYWAY_MS) return;
    await this.#store.change(
      this.#plan,
      (now) => {
        const next = nextSaid(now?.said, said);
        return next && { said: next };
      },
      signal,
    );
    this.#last = text;
    this.#at = said.time;
    this.#heard?.(said);
  }
}
