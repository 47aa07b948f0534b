import { type Deed, type LetterState, OPEN, type Outcome } from "./state.ts";

/** Typed as a table so that a new outcome can't be forgotten. */
const OUTCOMES: { readonly [O in Outcome]: true } = {
  open: true,
  replaying: true,
  processed: true,
  "dead again": true,
  "sent to source": true,
  discarded: true,
};

export function isOutcome(text: unknown): text is Outcome {
  return typeof text === "string" && Object.hasOwn(OUTCOMES, text);
}

/** The value of a record of `fleet.dead-letters`; null (a tombstone) for a letter that is simply open. */
export function printState(state: LetterState): Buffer | null {
  return isPlainlyOpen(state) ? null : Buffer.from(JSON.stringify(state));
}

/** As if nothing had ever been said of it. */
export function isPlainlyOpen(state: LetterState): boolean {
  return state.outcome === "open" && state.edit === undefined && state.restored === undefined;
}

/**
 * What a value under a letter's key says; a tombstone: open again. An outcome that only a later build knows counts as a
 * discard, so that this one doesn't act on the letter. Undefined: nobody's, it says nothing.
 */
export function parseState(value: Buffer | null): LetterState | undefined {
  if (value === null) return OPEN;
  try {
    const state: unknown = JSON.parse(value.toString());
    if (typeof state !== "object" || state === null || !("outcome" in state)) return undefined;
    const { outcome } = state;
    // Only workers and the letters' own transactions write here; what they write is declared in state.ts.
    if (isOutcome(outcome)) return state as LetterState;
    if (typeof outcome !== "string") return undefined;
    return {
      outcome: "discarded",
      by: "a later build",
      reason: `it says '${outcome.slice(0, 80)}'`,
      time: 0,
    };
  } catch {
    return undefined;
  }
}

/**
 * Whether a letter still speaks for its record: nobody has put an end to it. One that is being replayed does so until
 * its run has ended; a discarded one doesn't, since nothing will ever come of it.
 */
export function standsFor({ outcome }: LetterState): boolean {
  return outcome === "open" || outcome === "replaying";
}

/**
 * Whether what stands is this very deed, done in a transaction whose end was unknown. Times are to the millisecond, and a
 * person doesn't do the same twice in one.
 */
export function isSameDeed(a: Deed, b: Deed): boolean {
  return a.time === b.time && a.by === b.by && a.reason === b.reason;
}
