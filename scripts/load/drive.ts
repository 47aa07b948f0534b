import { pauseOrThrow } from "../pause-or-throw.ts";
import type { Accepted, Sown } from "./accepted.ts";
import type { Answer } from "./answer.ts";
import type { Question } from "./ask.ts";
import { type Fate, insist } from "./client.ts";
import { answered, cancelQuestion, reserveQuestion, type Shop } from "./shop.ts";
import { slots } from "./slots.ts";
import type { CancelStep, ReserveStep, SowStep, Step } from "./step.ts";
import type { Tally } from "./tally.ts";

export interface Drive {
  readonly shop: Shop;
  readonly tally: Tally;
  readonly jitter: () => number;
  /** Puts broken bytes on the topic. */
  readonly sow: (step: SowStep) => Promise<void>;
  /** The client's own ledger: each 202 that it was given, each record that it sowed. */
  readonly note: (entry: Accepted | Sown) => void;
  readonly signal: AbortSignal;
  /** Most steps under way; beyond it arrivals queue here, still counted from their intended time. @default 2_000 */
  readonly maxInFlight?: number;
  /** Most times one request is asked. @default 12 */
  readonly tries?: number;
}

/** Fans whose reservation a later cancellation can still find; cancellations come within seconds. */
const REMEMBERED_FANS = 100_000;

/**
 * Carries out the steps at their times, whatever the answers take (open loop): a stalled intake meets the
 * same arrivals and each is charged the wait from its intended time. Resolves when the last has its answer.
 * @throws the signal's reason
 */
export async function drive(steps: Iterable<Step> | AsyncIterable<Step>, run: Drive): Promise<void> {
  const { tally, signal, maxInFlight = 2_000 } = run;
  const reservations = new Map<number, Promise<string | undefined>>();
  const free = slots(maxInFlight);
  const started = performance.now();
  const failures: unknown[] = [];
  const open = new Set<Promise<void>>();
  for await (const step of steps) {
    const intended = started + step.at;
    const earlyMs = intended - performance.now();
    if (earlyMs > 0) await pauseOrThrow(earlyMs, signal);
    await free.take();
    signal.throwIfAborted();
    if (failures.length > 0) break;
    const done = perform(step, intended, reservations, run)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        free.release();
        open.delete(done);
      });
    open.add(done);
    tally.add("sent");
  }
  await Promise.all(open);
  if (failures.length > 0) throw failures[0];
}

async function perform(
  step: Step,
  intended: number,
  reservations: Map<number, Promise<string | undefined>>,
  run: Drive,
): Promise<void> {
  switch (step.do) {
    case "reserve": {
      const reservation = reserve(step, intended, run);
      reservations.set(step.fan, reservation);
      const oldest = reservations.keys().next().value;
      if (reservations.size > REMEMBERED_FANS && oldest !== undefined) reservations.delete(oldest);
      await reservation;
      return;
    }
    case "cancel":
      return cancel(step, intended, await reservations.get(step.fan), run);
    case "sow":
      await run.sow(step);
      run.tally.add("sown");
      run.note({ sown: step.kind, key: step.key });
  }
}

/** The reservation's id when one of the fan's choices was accepted. */
async function reserve(step: ReserveStep, intended: number, run: Drive): Promise<string | undefined> {
  const { tally, shop } = run;
  for (let choice = 0; choice < step.choices.length; choice += 1) {
    // Only the first has an intended time: the others follow from answers.
    const from = choice === 0 ? intended : performance.now();
    const fate = await request(reserveQuestion(shop, step, choice), from, run);
    if (fate.is === "taken") continue;
    if (fate.is !== "accepted") {
      tally.add(fate.is);
      return undefined;
    }
    const answer = answered(fate.body);
    if (!answer)
      throw new Error(`Cannot read intake's answer as it names no reservation: '${fate.body.slice(0, 200)}'`);
    const { reservationId, state } = answer;
    tally.add(state === "lapsed" ? "lapsed" : "accepted");
    if (state === "lapsed") return undefined;
    run.note({ reservationId, fan: step.fan, card: step.card, seats: step.choices[choice] ?? [] });
    return reservationId;
  }
  tally.add("soldOut");
  return undefined;
}

async function cancel(
  step: CancelStep,
  intended: number,
  reservationId: string | undefined,
  run: Drive,
): Promise<void> {
  if (reservationId === undefined) return run.tally.add("cancelMoot");
  const fate = await request(cancelQuestion(run.shop, step.fan, reservationId), intended, run);
  run.tally.add(fate.is === "accepted" ? "cancelled" : "cancelRefused");
}

async function request(question: Question, from: number, run: Drive): Promise<Fate> {
  const { tally, jitter, signal, tries = 12 } = run;
  const heard = (answer: Answer, ms: number) => {
    tally.fromSent.record(ms);
    tally.heard(answer);
  };
  const fate = await insist(question, { tries, jitter, heard }, signal);
  tally.fromIntended.record(performance.now() - from);
  tally.ended(fate);
  return fate;
}
