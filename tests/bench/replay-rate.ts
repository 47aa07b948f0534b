import { planStore } from "../../workers/_letters/mod.ts";
import type { Topic, Worker } from "../../workers/_runtime/mod.ts";
import type { Fleet } from "../_support/fleet.ts";
import { bareHands, call, everyLetter, keepPlan } from "../_support/letters.ts";

export interface Sent {
  readonly letters: number;
  /** From the order to the last copy, as the copies' own timestamps tell. */
  readonly seconds: number;
  /** Copies of each whole second after the first. */
  readonly perSecond: readonly number[];
}

const GIVE_UP_MS = 180_000;

/**
 * Replays every letter of the DLQ as the replayer does, and reads from the replay topic when each copy was
 * written. No worker takes them from there: what is measured is sending, and in a cluster the worker is elsewhere.
 */
export async function replayRate(
  fleet: Fleet,
  topic: Topic,
  worker: Worker,
  rate: number | undefined,
): Promise<Sent> {
  const dlq = `${topic.name}.${worker.name}.dlq`;
  const replay = `${topic.name}.${worker.name}.replay`;
  const hands = bareHands(fleet, planStore);
  try {
    const plan = await keepPlan(hands, await everyLetter(fleet, dlq));
    const wish = { reason: "bench", pace: false, ...(rate === undefined ? {} : { rate }) };
    const begun = Date.now();
    await hands.jobs.replay(plan.plan, wish, call);
    hands.carryOut(plan.plan).catch(() => {});
    while ((await hands.jobs.job(plan.plan, call)).sent < plan.letters) {
      if (Date.now() - begun > GIVE_UP_MS) throw new Error("Cannot measure: the replay takes too long");
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const times = (await fleet.all(replay)).map(({ timestamp }) => timestamp);
    const last = times.reduce((latest, time) => Math.max(latest, time), begun);
    const perSecond = Array.from({ length: Math.floor((last - begun) / 1000) }, () => 0);
    for (const time of times) {
      const second = Math.floor((time - begun) / 1000);
      if (second in perSecond) perSecond[second] = (perSecond[second] ?? 0) + 1;
    }
    return { letters: times.length, seconds: (last - begun) / 1000, perSecond: perSecond.slice(1) };
  } finally {
    await hands.close();
  }
}
