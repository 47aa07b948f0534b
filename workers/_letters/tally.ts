import { type Frozen, freeze, lettersOf } from "./frozen.ts";
import type { KnownStates } from "./known-states.ts";
import type { LetterState } from "./state.ts";

/** What became of one letter of a plan, by its state. */
export type Fate = "open" | "under way" | "processed" | "dead again" | "sent to source" | "other";

export function fateOf(state: LetterState, plan: string): Fate {
  if (state.outcome === "open") return "open";
  if (state.outcome === "discarded" || state.plan !== plan) return "other";
  return state.outcome === "replaying" ? "under way" : state.outcome;
}

/**
 * Counts a job by the letters' states: at its beginning all of them, then those that are under way. Nothing but the
 * states is remembered from one run of the job to the next.
 */
export class Tally {
  readonly #plan: string;
  readonly #states: KnownStates;
  readonly #underWay = new Set<string>();
  processed = 0;
  deadAgain = 0;
  toSource = 0;
  skipped = 0;

  constructor(plan: string, states: KnownStates) {
    this.#plan = plan;
    this.#states = states;
  }

  /** Takes in all letters of a plan; gives back those that are still to be sent. */
  begin(frozen: Frozen): Frozen {
    const open: { dlq: string; partition: number; offset: number }[] = [];
    for (const part of frozen) {
      const letters = lettersOf([part]);
      for (const [first, count] of part.runs)
        for (let offset = first; offset < first + count; offset++) {
          const letter = letters.next().value;
          if (letter !== undefined && this.#place(letter))
            open.push({ dlq: part.dlq, partition: part.partition, offset });
        }
    }
    return freeze(open);
  }

  sent(letters: readonly string[], toSource: boolean): void {
    if (toSource) this.toSource += letters.length;
    else for (const letter of letters) this.#underWay.add(letter);
  }

  /** Looks at what is under way again, by the states known now. */
  look(): void {
    for (const letter of this.#underWay) {
      const fate = fateOf(this.#states.of(letter), this.#plan);
      if (fate !== "processed" && fate !== "dead again") continue;
      this.#underWay.delete(letter);
      this.#count(fate);
    }
  }

  /** Whether letters of these are still without their outcome, and how the others ended. */
  outcomesOf(frozen: Frozen): {
    readonly underWay: number;
    readonly processed: number;
    readonly deadAgain: number;
  } {
    const counts = { underWay: 0, processed: 0, deadAgain: 0 };
    for (const letter of lettersOf(frozen)) {
      const fate = fateOf(this.#states.of(letter), this.#plan);
      if (fate === "processed") counts.processed++;
      else if (fate === "dead again") counts.deadAgain++;
      // Sent a moment ago, it may still look open.
      else if (fate === "under way" || this.#underWay.has(letter)) counts.underWay++;
    }
    return counts;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  get sentInAll(): number {
    return this.#underWay.size + this.processed + this.deadAgain + this.toSource;
  }

  /** Whether it is still to be sent. */
  #place(letter: string): boolean {
    const fate = fateOf(this.#states.of(letter), this.#plan);
    if (fate === "open") return true;
    if (fate === "under way") this.#underWay.add(letter);
    else this.#count(fate);
    return false;
  }

  #count(fate: Exclude<Fate, "open" | "under way">): void {
    if (fate === "processed") this.processed++;
    else if (fate === "dead again") this.deadAgain++;
    else if (fate === "sent to source") this.toSource++;
    else this.skipped++;
  }
}
