import { UsageError } from "../_runtime/errors.ts";
import type { AuditEntry } from "./audit-entry.ts";
import { standing as whyNot } from "./change-letters.ts";
import type { ActingDesk } from "./desk.ts";
import { Refused } from "./failures.ts";
import { lettersOf } from "./frozen.ts";
import { hasEnded, jobOf, type Order } from "./job.ts";
import type { KnownStates } from "./known-states.ts";
import type { Plan, PlanTarget } from "./plan.ts";
import type { Planned } from "./plan-log.ts";
import type { PlanChange, PlanStore } from "./plan-store.ts";
import type { Job, JobOrder, JobResult, ReplayWish } from "./replay-job.ts";
import type { ReplayQueue } from "./replay-queue.ts";
import type { LetterState } from "./state.ts";
import { isSameDeed } from "./states.ts";
import { fateOf } from "./tally.ts";

export interface JobsParts {
  readonly store: PlanStore;
  readonly states: KnownStates;
  /** Tells replayers at once; without it (or Redis) they find the job by themselves within seconds. */
  readonly schedule: ReplayQueue["schedule"];
  /** Groups that would see records of a target on its source topic now; some may have come since the plan was made. */
  readonly othersNow: (target: PlanTarget) => Promise<readonly string[]>;
}

export type JobsDesk = Pick<ActingDesk, "replay" | "jobs" | "job" | "control" | "results">;

export function jobsDesk({ store, states, schedule, othersNow }: JobsParts): JobsDesk {
  const standing = async (plan: string, signal: AbortSignal) => {
    await store.log.catchUp(signal);
    return store.log.planned(plan);
  };
  const tell = (plan: string) => schedule(plan).catch(() => {});

  return {
    async replay(plan, wish, { by, signal }) {
      checkWish(wish);
      let started = false;
      const mine = orderOf(wish, by);
      const before = await standing(plan, signal);
      const asked = before?.plan.to === "source" && !before.order ? before.plan.targets : [];
      const others = (await Promise.all(asked.map(othersNow))).flat();
      const planned = await store.change(
        plan,
        (now) => {
          if (!now) throw noSuchPlan(plan);
          if (!now.order) checkAgreed(now.plan, others, wish);
          // After an unknown end the order that stands may be this very one.
          started = now.order === undefined || isSameDeed(now.order, mine);
          return now.order ? undefined : { order: mine, audit: replayEntry(now.plan, mine) };
        },
        signal,
      );
      const job = planned && jobIn(planned);
      if (!job) throw noSuchPlan(plan);
      await tell(plan);
      return { job, started };
    },

    async jobs({ signal }) {
      await store.log.catchUp(signal);
      return store.log.all().flatMap((planned) => jobIn(planned) ?? []);
    },

    async job(plan, { signal }) {
      const planned = await standing(plan, signal);
      const job = planned && jobIn(planned);
      if (!job) throw noSuchJob(plan);
      return job;
    },

    async control(plan, order, { by, signal }) {
      checkOrder(order);
      const time = Date.now();
      const planned = await store.change(
        plan,
        (now) => ordered(plan, now, order, { by, reason: order.reason, time }),
        signal,
      );
      const job = planned && jobIn(planned);
      if (!job) throw noSuchJob(plan);
      await tell(plan);
      return job;
    },

    async *results(plan, { signal }) {
      const planned = await standing(plan, signal);
      if (!planned?.order) throw noSuchJob(plan);
      const frozen = await store.log.frozen(plan);
      await states.catchUp(signal);
      const refused = new Map(planned.said?.refused ?? []);
      for (const letter of lettersOf(frozen)) {
        signal.throwIfAborted();
        yield resultOf(plan, letter, states.of(letter), refused.get(letter));
      }
    },
  };
}

function orderOf(wish: ReplayWish, by: string): Order {
  const { reason, canary = 0, rate, pace = true, stopOnFailureShare } = wish;
  return { by, reason, time: Date.now(), canary, rate, pace, stopOnFailureShare };
}

/** @throws {UsageError} */
function checkWish({ canary, rate, stopOnFailureShare: share }: ReplayWish): void {
  if (canary !== undefined && (!Number.isSafeInteger(canary) || canary < 0))
    throw new UsageError(
      `Cannot replay as 'canary' must be a whole number from 0 on: current value is ${canary}`,
    );
  checkRate(rate);
  if (share !== undefined && !(share >= 0 && share <= 1))
    throw new UsageError(
      `Cannot replay as 'stopOnFailureShare' must be between 0 and 1: current value is ${share}`,
    );
}

function checkOrder(order: JobOrder): void {
  if (order.order === "throttle") checkRate(order.rate);
}

function checkRate(rate: number | undefined): void {
  if (rate !== undefined && !(Number.isFinite(rate) && rate > 0))
    throw new UsageError(
      `Cannot replay as 'rate' must be a positive number of records a second: current value is ${rate}`,
    );
}

/** @throws {Refused} not-agreed, naming the groups */
function checkAgreed({ to, targets }: Plan, others: readonly string[], wish: ReplayWish): void {
  if (to !== "source") return;
  const agreed = new Set(wish.otherGroups ?? []);
  const seeing = new Set([...targets.flatMap(({ otherGroups }) => otherGroups), ...others]);
  const missing = [...seeing].filter((group) => !agreed.has(group));
  if (missing.length > 0)
    throw new Refused(
      "not-agreed",
      `Cannot replay to the source topic as other groups would see the records, too: agree to ${missing.join(", ")} by name`,
      missing,
    );
}

function replayEntry({ plan, letters }: Plan, { by, reason, time }: Order): AuditEntry {
  return { time, by, action: "replay", reason, plan, letters };
}

/** What an operator's word changes; undefined: nothing, it is so already. */
function ordered(
  plan: string,
  now: Planned | undefined,
  wish: JobOrder,
  deed: { readonly by: string; readonly reason: string; readonly time: number },
): PlanChange | undefined {
  if (!now?.order) throw noSuchJob(plan);
  const { order, said } = now;
  const { phase } = jobOf(now.plan, order, said, deed.time);
  if (wish.order === "cancel" && phase === "cancelled") return undefined;
  if (hasEnded(phase))
    throw new Refused("not-running", `Cannot ${wish.order} job '${plan}' as it has ended: it is ${phase}`);
  const audit = { ...deed, action: wish.order, plan } as const;
  switch (wish.order) {
    case "pause":
      return order.paused ? undefined : { order: { ...order, paused: deed }, audit };
    case "resume": {
      const { paused, ...rest } = order;
      return paused ? { order: rest, audit } : undefined;
    }
    case "cancel":
      return { order: { ...order, cancelled: deed }, audit };
    case "throttle":
      return order.rate === wish.rate
        ? undefined
        : { order: { ...order, rate: wish.rate }, audit: { ...audit, text: rateText(wish.rate) } };
  }
}

function rateText(rate: number | undefined): string {
  return rate === undefined ? "no cap" : `at most ${rate} records a second`;
}

function jobIn({ plan, order, said }: Planned): Job | undefined {
  return order && jobOf(plan, order, said, Date.now());
}

function resultOf(plan: string, letter: string, state: LetterState, refused: string | undefined): JobResult {
  const fate = fateOf(state, plan);
  const time = "time" in state ? state.time : undefined;
  const id = "id" in state ? state.id : undefined;
  switch (fate) {
    case "open":
      return {
        letter,
        id,
        result: refused === undefined ? "not sent" : "skipped",
        text: refused === undefined ? "" : `the broker refused it: ${refused}`,
        time: undefined,
      };
    case "other":
      return { letter, id, result: "skipped", text: whyNot(state), time };
    case "under way":
      return { letter, id, result: "under way", text: "sent, no outcome yet", time };
    case "processed":
      return { letter, id, result: fate, text: "", time };
    case "dead again":
      return { letter, id, result: fate, text: "it is a new letter now", time };
    case "sent to source":
      return { letter, id, result: fate, text: "a new record of the source topic", time };
  }
}

function noSuchPlan(plan: string): Refused {
  return new Refused("no-such-plan", `Cannot find plan '${plan}': see the list of plans`);
}

function noSuchJob(plan: string): Refused {
  return new Refused("no-such-job", `Cannot find a job of plan '${plan}': it was not started`);
}
