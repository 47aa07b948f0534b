import type { Broker } from "../_runtime/broker.ts";
import type { Worker } from "../_runtime/worker.ts";
import type { Call } from "./desk.ts";
import { Refused } from "./failures.ts";
import { type Frozen, freeze } from "./frozen.ts";
import { judge } from "./judge.ts";
import { otherGroups } from "./other-groups.ts";
import { overtaken } from "./overtaken.ts";
import type { Plan, PlanTarget, PlanWish } from "./plan.ts";
import { type Match, type Sources, selectAll } from "./select.ts";

const ATTEMPT_CAP = 5;
const DAY_MS = 24 * 3_600_000;

/** A plan as it will be kept: what it says, and the letters it froze. */
export interface Draft {
  readonly plan: Omit<Plan, "plan">;
  readonly letters: Frozen;
}

/**
 * Freezes the open letters that match, and judges each. What arrives from here on is not in it.
 * @throws {Refused} invalid-filter
 * @throws {Unavailable}
 */
export async function draftPlan(
  sources: Sources,
  workers: readonly Worker[],
  wish: PlanWish,
  call: Call,
): Promise<Draft> {
  const { filter, to = "worker", attemptCap = ATTEMPT_CAP, limit, rate } = wish;
  checkWish(wish);
  const time = Date.now();
  // Whatever became of them: those that are not open are told, and stay out.
  const matches = await selectAll(sources, { ...filter, outcomes: filter.outcomes ?? "all" }, call);
  const open = matches.filter(({ state }) => state.outcome === "open");
  const willing = open.filter(({ letter }) => (letter.ours.replays ?? 0) < attemptCap);
  const chosen = limit === undefined ? willing : oldest(willing, limit);
  const letters = freeze(chosen.map(({ letter }) => letter));
  const undecodable = await judge(sources, letters, call);
  const { retentionOf } = sources.index;
  const expiring = chosen.filter(
    ({ letter }) => letter.diedAt + (retentionOf(letter.dlq) ?? Number.POSITIVE_INFINITY) < time + DAY_MS,
  );
  const order = wish.skipOrderCheck
    ? "not checked"
    : await overtaken(
        sources.broker,
        sources.decoder,
        chosen.map(({ letter }) => letter),
        call,
      );
  return {
    letters,
    plan: {
      by: call.by,
      reason: wish.reason,
      time,
      filter,
      to,
      attemptCap,
      letters: chosen.length,
      targets: await targetsOf(sources.broker, workers, letters, chosen, to),
      capped: open.length - willing.length,
      notOpen: matches.length - open.length,
      replayedBefore: chosen.filter(({ letter }) => (letter.ours.replays ?? 0) > 0).length,
      edited: chosen.filter(({ state }) => state.outcome === "open" && state.edit !== undefined).length,
      undecodable,
      overtaken: order,
      expiring: expiring.length,
      bytes: chosen.reduce((sum, { letter }) => sum + (letter.bytes ?? 0), 0),
      expectedMs: rate === undefined ? undefined : Math.ceil((chosen.length / rate) * 1_000),
    },
  };
}

function checkWish({ limit, attemptCap, rate }: PlanWish): void {
  for (const [name, value] of Object.entries({ limit, attemptCap, rate }))
    if (value !== undefined && !(Number.isFinite(value) && value > 0))
      throw new Refused(
        "invalid-filter",
        `Cannot plan as '${name}' must be above 0: current value is ${value}`,
      );
}

function oldest(matches: readonly Match[], limit: number): Match[] {
  return [...matches].sort((a, b) => a.letter.diedAt - b.letter.diedAt).slice(0, limit);
}

async function targetsOf(
  broker: Broker,
  workers: readonly Worker[],
  letters: Frozen,
  chosen: readonly Match[],
  to: "worker" | "source",
): Promise<PlanTarget[]> {
  const targets: PlanTarget[] = [];
  for (const dlq of new Set(letters.map((part) => part.dlq))) {
    const own = chosen.filter(({ letter }) => letter.dlq === dlq);
    const named = own[0]?.letter;
    if (named === undefined) continue;
    const { worker, topic } = named;
    targets.push({
      dlq,
      worker,
      to: to === "source" ? topic : `${topic}.${worker}.replay`,
      letters: own.length,
      partitions: letters.filter((part) => part.dlq === dlq).map(({ partition }) => partition),
      otherGroups: to === "source" ? await otherGroups(broker, workers, topic, worker) : [],
    });
  }
  return targets;
}
