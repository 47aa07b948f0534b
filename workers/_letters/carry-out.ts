import type { Broker } from "../_runtime/broker.ts";
import { pause } from "../_runtime/wait.ts";
import { canaryOf } from "./canary.ts";
import type { Plan } from "./desk.ts";
import { type Frozen, without } from "./frozen.ts";
import { Gates } from "./gates.ts";
import { hasEnded, isAwaited, type Order, type Said, told } from "./job.ts";
import { doneNote, refusedNote } from "./job-notes.ts";
import { failedShare, judgeCanary } from "./judge-failures.ts";
import type { KnownStates } from "./known-states.ts";
import type { Lanes } from "./lane.ts";
import { PACE_EVERY_MS } from "./pacing.ts";
import type { PlanStore } from "./plan-store.ts";
import type { Turn } from "./send.ts";
import { sendAll } from "./send-all.ts";
import { Speed } from "./speed.ts";
import { Tally } from "./tally.ts";
import { watchTargets } from "./watch-backlog.ts";

export interface CarryOutParts {
  readonly broker: Broker;
  readonly store: PlanStore;
  readonly lanes: Lanes;
  readonly states: KnownStates;
  /** Told what is said of the job, about once a second. */
  readonly heard?: (said: Said) => void;
}

/** Orders take effect, and outcomes are seen, within this and what reading takes. */
const LOOK_EVERY_MS = 200;
const SAY_EVERY_MS = 1_000;
const MOST_REFUSED = 1_000;
const LOOK_FIRST = "the canary went to the source topic, of which no outcome comes back: look, then resume";
const DONE = new Error("the job is through");

/**
 * Carries a plan's job out to its end, from wherever it stands: everything is taken from the letters' states and the
 * log, so that it may be killed anywhere, and another goes on. Comes back when the job has ended and every letter that
 * was sent has its outcome.
 * @throws what Kafka throws when it is away for long, and the signal's reason: call again
 */
export async function carryOut(parts: CarryOutParts, plan: string, signal: AbortSignal): Promise<void> {
  await parts.store.log.catchUp(signal);
  const planned = parts.store.log.planned(plan);
  if (planned?.order === undefined) return;
  await new JobRun(parts, planned.plan, planned.order, planned.said, signal).toItsEnd();
}

class JobRun {
  readonly #parts: CarryOutParts;
  readonly #plan: Plan;
  readonly #signal: AbortSignal;
  readonly #tally: Tally;
  readonly #gates: Gates;
  readonly #speed = new Speed();
  readonly #refused = new Map<string, string>();
  /** Ends the sending: by an order, by failures, or since this process must stop. */
  readonly #sending = new AbortController();
  #order: Order;
  #phase: Said["phase"] = "sending";
  #canaryPassed: boolean;
  #end: { readonly phase: Said["phase"]; readonly note: string | undefined; readonly at: number } | undefined;
  #saidLast = "";

  constructor(parts: CarryOutParts, plan: Plan, order: Order, said: Said | undefined, signal: AbortSignal) {
    this.#parts = parts;
    this.#plan = plan;
    this.#order = order;
    this.#signal = signal;
    this.#canaryPassed = said?.canaryPassed ?? false;
    if (said && hasEnded(said.phase))
      this.#end = { phase: said.phase, note: said.note, at: said.endedAt ?? said.time };
    this.#tally = new Tally(plan.plan, parts.states);
    this.#gates = new Gates(order.rate, order.pace);
  }

  async toItsEnd(): Promise<void> {
    const { store, states } = this.#parts;
    const frozen = await store.log.frozen(this.#plan.plan);
    await states.catchUp(this.#signal);
    const open = this.#tally.begin(frozen);
    this.#obey(this.#order);
    // Whatever fails in either ends both; the caller begins again.
    const ended = new AbortController();
    const both = AbortSignal.any([this.#signal, ended.signal]);
    const watching = this.#watch(both).catch((error: unknown) => {
      ended.abort(error);
      throw error;
    });
    try {
      if (!this.#end) await this.#sendInTurn(frozen, open, both);
      while (isAwaited({ underWay: this.#tally.underWay, endedAt: this.#end?.at }, Date.now()))
        await moment(both);
      this.#finish("done", doneNote(this.#tally.skipped, this.#refused));
    } catch (error) {
      if (!ended.signal.aborted) ended.abort(error);
      await watching.catch(() => {});
      throw ended.signal.reason;
    }
    ended.abort(DONE);
    await watching.catch((error: unknown) => {
      if (error !== DONE) throw error;
    });
    await this.#say();
  }

  async #sendInTurn(frozen: Frozen, open: Frozen, signal: AbortSignal): Promise<void> {
    const sending = AbortSignal.any([signal, this.#sending.signal]);
    try {
      const canary = this.#order.canary > 0 ? canaryOf(frozen, this.#order.canary) : [];
      if (canary.length > 0 && !this.#canaryPassed) await this.#sendCanary(canary, open, sending);
      this.#phase = "sending";
      await this.#send(without(open, canary), sending);
      this.#phase = "awaiting";
    } catch (error) {
      if (!this.#end || signal.aborted) throw error;
    }
  }

  async #sendCanary(canary: Frozen, open: Frozen, signal: AbortSignal): Promise<void> {
    this.#phase = "canary";
    await this.#send(without(open, without(open, canary)), signal);
    if (this.#plan.to === "source") return await this.#waitForTheOperator(signal);
    for (;;) {
      const outcomes = this.#tally.outcomesOf(canary);
      const failed = judgeCanary(outcomes, this.#order.stopOnFailureShare);
      if (failed !== undefined) this.#finish("stopped", failed);
      signal.throwIfAborted();
      if (outcomes.underWay === 0) break;
      await moment(signal);
    }
    this.#canaryPassed = true;
  }

  /** Nothing is heard of what goes to the source: a person has to look. */
  async #waitForTheOperator(signal: AbortSignal): Promise<void> {
    this.#canaryPassed = true;
    const paused = { by: "replayer", reason: LOOK_FIRST, time: Date.now() };
    this.#gates.hold(true);
    await this.#parts.store.change(
      this.#plan.plan,
      (now) => (now?.order ? { order: { ...now.order, paused }, said: this.#sayable() } : undefined),
      signal,
    );
  }

  #send(letters: Frozen, signal: AbortSignal): Promise<void> {
    const { broker, lanes } = this.#parts;
    const turn = ({ sent, before, skipped, refused }: Turn) => {
      this.#tally.sent([...sent, ...before], this.#plan.to === "source");
      this.#tally.skipped += skipped + refused.length;
      for (const [letter, why] of refused)
        if (this.#refused.size < MOST_REFUSED) this.#refused.set(letter, why);
    };
    return sendAll({ broker, lanes, plan: this.#plan, gates: this.#gates, turn }, letters, signal);
  }

  /** Orders, outcomes, lag; says how far it is. */
  async #watch(signal: AbortSignal): Promise<void> {
    const { store, states, broker } = this.#parts;
    const measure = watchTargets(broker, this.#plan);
    let saidAt = 0;
    let pacedAt = 0;
    for (;;) {
      await store.log.catchUp(signal);
      const now = store.log.planned(this.#plan.plan);
      if (now?.order) this.#obey(now.order);
      // Another replayer had it meanwhile.
      if (now?.said && hasEnded(now.said.phase)) this.#finish(now.said.phase, now.said.note);
      await states.catchUp(signal);
      this.#tally.look();
      this.#stopOnFailures();
      const time = Date.now();
      this.#speed.sample(time, this.#tally.sentInAll);
      if (this.#order.pace && this.#phase !== "awaiting" && time - pacedAt >= PACE_EVERY_MS) {
        pacedAt = time;
        for (const [dlq, backlog] of await measure(time)) this.#gates.measured(dlq, backlog);
      }
      if (time - saidAt >= SAY_EVERY_MS) {
        saidAt = time;
        await this.#say();
      }
      await moment(signal);
    }
  }

  #obey(order: Order): void {
    this.#order = order;
    if (order.cancelled) this.#finish("cancelled", told(order.cancelled));
    this.#gates.hold(order.paused !== undefined);
    this.#gates.throttle(order.rate);
  }

  #stopOnFailures(): void {
    if (this.#phase !== "sending") return;
    const why = failedShare(this.#tally, this.#order.stopOnFailureShare);
    if (why) this.#finish("stopped", why);
  }

  #finish(phase: Said["phase"], note?: string): void {
    if (this.#end) return;
    this.#end = { phase, note, at: Date.now() };
    this.#sending.abort(new Error("the job has ended"));
  }

  /** Says how far it is, unless nothing has changed or another replayer has said its end. */
  async #say(): Promise<void> {
    const said = this.#sayable();
    const text = JSON.stringify({ ...said, time: 0 });
    if (text === this.#saidLast) return;
    await this.#parts.store.change(
      this.#plan.plan,
      (now) => (now?.said && hasEnded(now.said.phase) && !hasEnded(said.phase) ? undefined : { said }),
      this.#signal,
    );
    this.#saidLast = text;
    this.#parts.heard?.(said);
  }

  #sayable(): Said {
    const paused = this.#order.paused;
    const tally = this.#tally;
    return {
      phase: this.#end?.phase ?? (paused ? "paused" : this.#phase),
      note: this.#end ? this.#end.note : paused ? told(paused) : this.#note(),
      sent: tally.sentInAll,
      processed: tally.processed,
      deadAgain: tally.deadAgain,
      underWay: tally.underWay,
      skipped: tally.skipped,
      speed: this.#end ? 0 : this.#speed.perSecond,
      allowed: this.#end ? undefined : this.#gates.allowed,
      canaryPassed: this.#canaryPassed,
      refused: [...this.#refused],
      endedAt: this.#end?.at,
      time: Date.now(),
    };
  }

  #note(): string | undefined {
    return refusedNote(this.#refused) ?? (this.#phase === "awaiting" ? undefined : this.#gates.slowed);
  }
}

async function moment(signal: AbortSignal): Promise<void> {
  await pause(LOOK_EVERY_MS, signal);
  signal.throwIfAborted();
}
