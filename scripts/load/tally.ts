import type { Answer } from "./answer.ts";
import type { Fate } from "./client.ts";
import { latency } from "./latency.ts";

export type Counted =
  | "sent"
  | "accepted"
  | "soldOut"
  | "lapsed"
  | "refused"
  | "unknown"
  | "cancelled"
  | "cancelRefused"
  | "cancelMoot"
  | "sown"
  | "asked"
  | "throttled"
  | "unavailable"
  | "lost"
  | "taken";

/** What the load has sent and heard so far; counts only, so that it stays small in a soak. */
export function createTally() {
  const counts: Record<Counted, number> = {
    sent: 0,
    accepted: 0,
    soldOut: 0,
    lapsed: 0,
    refused: 0,
    unknown: 0,
    cancelled: 0,
    cancelRefused: 0,
    cancelMoot: 0,
    sown: 0,
    asked: 0,
    throttled: 0,
    unavailable: 0,
    lost: 0,
    taken: 0,
  };
  const refused = new Map<number, number>();
  const lost = new Map<string, number>();
  return {
    counts,
    refused,
    lost,
    /** From the intended time to the final answer, all tries and waits included. */
    fromIntended: latency(),
    /** Of each single HTTP answer, for comparison: what a closed loop would have reported. */
    fromSent: latency(),
    add(what: Counted): void {
      counts[what] += 1;
    },
    heard(answer: Answer): void {
      counts.asked += 1;
      if ("lost" in answer) {
        counts.lost += 1;
        lost.set(answer.lost, (lost.get(answer.lost) ?? 0) + 1);
      } else if (answer.status === 429) counts.throttled += 1;
      else if (answer.status >= 500) counts.unavailable += 1;
      else if (answer.status === 409) counts.taken += 1;
    },
    ended(fate: Fate): void {
      if (fate.is === "refused") refused.set(fate.status, (refused.get(fate.status) ?? 0) + 1);
    },
  };
}

export type Tally = ReturnType<typeof createTally>;
