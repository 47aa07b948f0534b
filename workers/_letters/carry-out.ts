import { describe, isConnectionError } from "../_runtime/broker/broker-error.ts";
import type { Broker } from "../_runtime/broker.ts";
import { pause } from "../_runtime/wait.ts";
import { canaryOf } from "./canary.ts";
import { countOf, type Frozen, without } from "./frozen.ts";
import { Gates } from "./gates.ts";
import { hasEnded, isAwaited, type Order, type Said, told } from "./job.ts";
import { doneNote, untriedNote } from "./job-notes.ts";
import { type Progress, saidOf, Telling, taken } from "./job-said.ts";
import { failedShare, judgeCanary } from "./judge-failures.ts";
import type { KnownStates } from "./known-states.ts";
import type { Lanes } from "./lane.ts";
import { PACE_EVERY_MS } from "./pacing.ts";
import type { Plan } from "./plan.ts";
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
const SAY_INTERRUPTED_MS = 5_000;
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
  const run = new JobRun(parts, planned.plan, planned.order, planned.said, signal);
  try {
    await run.toItsEnd();
  } catch (error) {
    // Where Kafka can't be reached nothing can be said either.
    if (!signal.aborted && !isConnectionError(error)) await run.sayInterrupted(error);
    throw error;
  }
}

class JobRun {
  readonly #parts: CarryOutParts;
  readonly #plan: Plan;
  readonly #signal: AbortSignal;
  readonly #tally: Tally;
  readonly #gates: Gates;
  readonly #speed = new Speed();
  readonly #job: Progress;
  readonly #telling: Telling;
  /** Ends the sending: by an order, by failures, or since this process must stop. */
  readonly #sending = new AbortController();
  #refused = 0;

  constructor(parts: CarryOutParts, plan: Plan, order: Order, said: Said | undefined, signal: AbortSignal) {
    this.#parts = parts;
    this.#plan = plan;
    this.#signal = signal;
    this.#tally = new Tally(plan.plan, parts.states);
    this.#gates = new Gates(order.rate, order.pace);
    this.#telling = new Telling(parts.store, plan.plan, parts.heard);
    this.#job = taken(order, said, { tally: this.#tally, speed: this.#speed, gates: this.#gates });
  }

  async toItsEnd(): Promise<void> {
    const { store, states } = this.#parts;
    const frozen = await store.log.frozen(this.#plan.plan);
    await states.catchUp(this.#signal);
    const open = this.#tally.begin(frozen);
    this.#obey(this.#job.order);
    // Whatever fails in either ends both; the caller begins again.
    const ended = new AbortController();
    const both = AbortSignal.any([this.#signal, ended.signal]);
    const watching = this.#watch(both).catch((error: unknown) => {
      ended.abort(error);
      throw error;
    });
    // It may fail while a transaction is on its way, and nobody waits for it yet.
    watching.catch(() => {});
    try {
      if (!this.#job.end) await this.#sendInTurn(frozen, open, both);
      while (isAwaited({ underWay: this.#tally.underWay, endedAt: this.#job.end?.at }, Date.now()))
        await moment(both);
      this.#finish("done", doneNote(this.#tally.skipped, this.#refused, this.#job.refused));
    } catch (error) {
      if (!ended.signal.aborted) ended.abort(error);
      await watching.catch(() => {});
      throw ended.signal.reason;
    }
    ended.abort(DONE);
    await watching.catch((error: unknown) => {
      if (error !== DONE) throw error;
    });
    await this.#say(this.#signal);
  }

  async #sendInTurn(frozen: Frozen, open: Frozen, signal: AbortSignal): Promise<void> {
    const sending = AbortSignal.any([signal, this.#sending.signal]);
    try {
      const canary = this.#job.order.canary > 0 ? canaryOf(frozen, this.#job.order.canary) : [];
      const rest = without(open, canary);
      if (canary.length > 0 && !this.#job.canaryPassed) {
        this.#job.phase = "canary";
        await this.#sendCanary(canary, without(open, rest), sending);
        if (!this.#job.canaryPassed && rest.length > 0) this.#finish("stopped", untriedNote(countOf(canary)));
        sending.throwIfAborted();
      }
      this.#job.phase = "sending";
      await this.#send(rest, sending);
      this.#job.phase = "awaiting";
    } catch (error) {
      if (!this.#job.end || signal.aborted) throw error;
    }
  }

  /** Passed when some of them were tried, and not too many failed. */
  async #sendCanary(canary: Frozen, open: Frozen, signal: AbortSignal): Promise<void> {
    await this.#send(open, signal);
    if (this.#plan.to === "source") {
      if (this.#tally.toSource > 0) await this.#waitForTheOperator(signal);
      return;
    }
    for (;;) {
      const outcomes = this.#tally.outcomesOf(canary);
      const failed = judgeCanary(outcomes, this.#job.order.stopOnFailureShare);
      if (failed !== undefined) this.#finish("stopped", failed);
      signal.throwIfAborted();
      if (outcomes.underWay === 0) {
        this.#job.canaryPassed = outcomes.processed + outcomes.deadAgain > 0;
        return;
      }
      await moment(signal);
    }
  }

  /** Nothing is heard of what goes to the source: a person has to look. */
  async #waitForTheOperator(signal: AbortSignal): Promise<void> {
    const paused = { by: "replayer", reason: LOOK_FIRST, time: Date.now() };
    const stands = await this.#parts.store.change(
      this.#plan.plan,
      (now) => {
        // Another replayer had it meanwhile.
        if (!now?.order || now.said?.canaryPassed || (now.said && hasEnded(now.said.phase))) return undefined;
        return {
          order: { ...now.order, paused },
          said: { ...saidOf(this.#job, Date.now()), canaryPassed: true },
        };
      },
      signal,
    );
    this.#job.canaryPassed = true;
    // At once: the watch may have looked just before the pause was written, and the rest must not go.
    if (stands?.order) this.#obey(stands.order);
  }

  #send(letters: Frozen, signal: AbortSignal): Promise<void> {
    const { broker, lanes } = this.#parts;
    const turn = ({ sent, before, skipped, refused }: Turn) => {
      this.#tally.sent([...sent, ...before], this.#plan.to === "source");
      this.#tally.skipped += skipped + refused.length;
      this.#refused += refused.length;
      for (const [letter, why] of refused)
        if (this.#job.refused.size < MOST_REFUSED) this.#job.refused.set(letter, why);
      if (sent.length > 0) this.#job.interrupted = undefined;
    };
    return sendAll({ broker, lanes, plan: this.#plan, gates: this.#gates, turn }, letters, signal);
  }

  /** Orders, outcomes, lag; says how far it is. */
  async #watch(signal: AbortSignal): Promise<void> {
    const { store, states, broker } = this.#parts;
    const measure = watchTargets(broker, this.#plan);
    let [saidAt, pacedAt] = [0, 0];
    for (;;) {
      await store.log.catchUp(signal);
      const now = store.log.planned(this.#plan.plan);
      if (now?.order) this.#obey(now.order);
      // Another replayer had it meanwhile.
      if (now?.said && hasEnded(now.said.phase))
        this.#finish(now.said.phase, now.said.note, now.said.endedAt);
      await states.catchUp(signal);
      this.#tally.look();
      this.#stopOnFailures();
      const time = Date.now();
      this.#speed.sample(time, this.#tally.sentInAll);
      if (this.#job.order.pace && this.#job.phase !== "awaiting" && time - pacedAt >= PACE_EVERY_MS) {
        pacedAt = time;
        this.#gates.measuring();
        for (const [dlq, backlog] of await measure(time)) this.#gates.measured(dlq, backlog);
      }
      if (time - saidAt >= SAY_EVERY_MS) {
        saidAt = time;
        await this.#say(this.#signal);
      }
      await moment(signal);
    }
  }

  #obey(order: Order): void {
    this.#job.order = order;
    if (order.cancelled) this.#finish("cancelled", told(order.cancelled));
    this.#gates.hold(order.paused !== undefined);
    this.#gates.throttle(order.rate);
  }

  #stopOnFailures(): void {
    if (this.#job.phase !== "sending") return;
    const why = failedShare(this.#tally, this.#job.order.stopOnFailureShare);
    if (why) this.#finish("stopped", why);
  }

  #finish(phase: Said["phase"], note?: string, at = Date.now()): void {
    if (this.#job.end) return;
    this.#job.end = { phase, note, at };
    this.#sending.abort(new Error("the job has ended"));
  }

  /** Best effort: it is tried again in any case. */
  async sayInterrupted(error: unknown): Promise<void> {
    this.#job.interrupted = describe(error);
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(SAY_INTERRUPTED_MS)]);
    await this.#say(signal).catch(() => {});
  }

  #say(signal: AbortSignal): Promise<void> {
    return this.#telling.say(saidOf(this.#job, Date.now()), signal);
  }
}

async function moment(signal: AbortSignal): Promise<void> {
  await pause(LOOK_EVERY_MS, signal);
  signal.throwIfAborted();
}
