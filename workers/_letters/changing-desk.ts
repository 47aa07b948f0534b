import { changeLetters, discarded, restored } from "./change-letters.ts";
import type { ActingDesk, Call, Which } from "./desk.ts";
import { Refused } from "./failures.ts";
import type { Frozen } from "./frozen.ts";
import type { JobsParts } from "./jobs.ts";
import type { Lanes } from "./lane.ts";
import type { Filter } from "./letter-filter.ts";

export interface ChangingParts extends Pick<JobsParts, "store"> {
  readonly lanes: Lanes;
  /** The letters that match now, frozen. */
  readonly select: (filter: Filter, call: Call) => Promise<Frozen>;
}

export type ChangingDesk = Pick<ActingDesk, "discard" | "restore">;

export function changingDesk({ store, lanes, select }: ChangingParts): ChangingDesk {
  const lettersOf = async (which: Which, call: Call): Promise<Frozen> => {
    if ("filter" in which) return await select(which.filter, call);
    await store.log.catchUp(call.signal);
    if (!store.log.planned(which.plan))
      throw new Refused("no-such-plan", `Cannot find plan '${which.plan}': see the list of plans`);
    return await store.log.frozen(which.plan);
  };
  const entryOf = (which: Which, action: "discard" | "restore", reason: string) => ({
    action,
    reason,
    ...("plan" in which && { plan: which.plan }),
  });
  return {
    async discard(which, { reason }, call) {
      const deed = { by: call.by, reason, time: Date.now() };
      const letters = await lettersOf(which, call);
      return await changeLetters(lanes, letters, entryOf(which, "discard", reason), discarded(deed), call);
    },
    async restore(which, { reason }, call) {
      const deed = { by: call.by, reason, time: Date.now() };
      // Without outcomes a filter means open letters; here it means those that can be restored.
      const wanted: Which =
        "filter" in which && which.filter.outcomes === undefined
          ? { filter: { ...which.filter, outcomes: ["discarded"] } }
          : which;
      const letters = await lettersOf(wanted, call);
      return await changeLetters(lanes, letters, entryOf(which, "restore", reason), restored(deed), call);
    },
  };
}
