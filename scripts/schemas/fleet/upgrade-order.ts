/** One worker must run this checkout before another does. */
export interface Precedence {
  readonly first: string;
  readonly next: string;
  /** One sentence without a full stop. */
  readonly why: string;
}

/** In which order running workers can be replaced by this checkout's without one meeting what it can't read. */
export interface UpgradeOrder {
  /** "impossible": each must go before the other. */
  readonly verdict: "any" | "ordered" | "impossible";
  /** Workers to deploy together, one group after the other; who isn't in any can go at any time. Empty when impossible. */
  readonly steps: readonly (readonly string[])[];
  readonly why: readonly string[];
}

/**
 * A worker that must go before itself (it reads what it writes) is told in `why`: its instances must be replaced all
 * at once; that doesn't order it against others.
 */
export function upgradeOrder(precedences: readonly Precedence[]): UpgradeOrder {
  const between = precedences.filter(({ first, next }) => first !== next);
  const own = precedences.filter(({ first, next }) => first === next);
  const why = [
    ...new Set([
      ...between.map(({ first, next, why }) => `${first} before ${next}: ${why}`),
      ...own.map(({ first, why }) => `all of ${first} at once, stopped before it is started: ${why}`),
    ]),
  ].sort();
  if (between.length === 0) return { verdict: "any", steps: [], why };
  const left = new Set(between.flatMap(({ first, next }) => [first, next]));
  const steps: string[][] = [];
  while (left.size > 0) {
    const free = [...left].filter(
      (worker) => !between.some(({ first, next }) => next === worker && left.has(first)),
    );
    if (free.length === 0) return { verdict: "impossible", steps: [], why };
    steps.push(free.sort());
    for (const worker of free) left.delete(worker);
  }
  return { verdict: "ordered", steps, why };
}

/** For people: `deploy payment first, then intake and settlement; the others at any time`. */
export function orderSentence({ verdict, steps }: UpgradeOrder): string {
  if (verdict === "any") return "the workers can be deployed in any order";
  if (verdict === "impossible")
    return "no order of deployment works: some must go both before and after others";
  const words = steps.map((step) => step.join(" and "));
  return `deploy ${words[0]} first, then ${words.slice(1).join(", then ")}; the others at any time`;
}
