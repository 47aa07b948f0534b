import { pauseOrThrow } from "../pause-or-throw.ts";
import { type Answer, verdict } from "./answer.ts";
import { ask, type Question } from "./ask.ts";

/** What became of a request, as its client knows. */
export type Fate =
  | { readonly is: "accepted"; readonly body: string }
  | { readonly is: "taken" }
  | { readonly is: "refused"; readonly status: number; readonly body: string }
  /** Asked until patience ran out: it may or may not have been accepted. */
  | { readonly is: "unknown"; readonly last: string };

export interface Patience {
  /** Most times that one request is asked. */
  readonly tries: number;
  /** From 0, below 1. */
  readonly jitter: () => number;
  /** Hears of each answer, and how long it took, before it is judged. */
  readonly heard?: (answer: Answer, ms: number) => void;
}

/**
 * Asks until there is a final answer, with the same headers and body each time: the Idempotency-Key among
 * them makes all of it one request. Only the first try hangs up early.
 */
export async function insist(question: Question, patience: Patience, signal: AbortSignal): Promise<Fate> {
  const { hangUpMs, ...again } = question;
  let answer: Answer = { lost: "never asked" };
  for (let tries = 1; tries <= patience.tries; tries += 1) {
    const asked = performance.now();
    answer = await ask(tries === 1 ? question : again, signal);
    patience.heard?.(answer, performance.now() - asked);
    const judged = verdict(answer, tries, patience.jitter());
    if (judged.is !== "again") return judged;
    if (tries < patience.tries) await pauseOrThrow(judged.afterMs, signal);
  }
  return { is: "unknown", last: "lost" in answer ? answer.lost : String(answer.status) };
}
