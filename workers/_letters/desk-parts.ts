import type { Broker } from "../_runtime/broker.ts";
import type { Registry } from "../_runtime/registry.ts";
import type { Worker } from "../_runtime/worker.ts";
import type { Call } from "./desk.ts";
import type { Frozen } from "./frozen.ts";
import type { KnownStates } from "./known-states.ts";
import type { Filter } from "./letter-filter.ts";
import type { PlanStore } from "./plan-store.ts";

/** What both halves of a desk are made of. `readingDesk(parts)` gives a ReadingDesk and `Selects`. */
export interface DeskParts {
  readonly broker: Broker;
  readonly registry: Registry;
  /** Every declaration: whose readers decode a letter, which groups read a topic. */
  readonly workers: readonly Worker[];
  readonly store: PlanStore;
  readonly states: KnownStates;
}

/** What deeds on a filter need of the reading half. */
export interface Selects {
  /** The letters that match now, frozen; without `outcomes` open ones. */
  select(filter: Filter, call: Call): Promise<Frozen>;
}
