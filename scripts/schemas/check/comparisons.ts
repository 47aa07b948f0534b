import type { LevelOf } from "../declared-levels.ts";
import { demandsOf, type Level } from "../level.ts";
import type { SchemaVersion, SubjectHistory } from "../version.ts";

/** Versions from one place that the checkout is compared with. */
export interface Baseline {
  /** As a person would name it: `git:main`, `merge-base (4f2c1e9)`, `registry`. */
  readonly name: string;
  /** It also holds subjects that the repository gave up long ago, as a registry does: those are no news. */
  readonly keepsGone?: boolean;
  readonly histories: readonly SubjectHistory[];
}

/** The checkout's version of a subject and one that was before it. */
export interface Comparison {
  readonly subject: string;
  readonly level: Level;
  readonly checkout: SchemaVersion;
  readonly against: SchemaVersion;
  /** The checkout's must read what `against` wrote. */
  readonly backward: boolean;
  /** `against` must read what the checkout's writes. */
  readonly forward: boolean;
  /** The version right before the checkout's, in any baseline. */
  readonly newest: boolean;
}

/**
 * What the levels ask to be compared, in the baselines' order, oldest version first. A version that several baselines
 * hold is compared once, in all the directions that any of them asks for.
 */
export function comparisons(
  checkout: readonly SubjectHistory[],
  baselines: readonly Baseline[],
  levelOf: LevelOf,
): Comparison[] {
  const wanted = new Map<string, Comparison>();
  for (const { subject, versions } of checkout) {
    const current = versions.at(-1);
    if (current === undefined) continue;
    const level = levelOf(subject);
    const { backward, forward, transitive } = demandsOf(level);
    if (!backward && !forward) continue;
    for (const { histories } of baselines) {
      const history = histories.find((each) => each.subject === subject)?.versions ?? [];
      for (const against of transitive ? history : history.slice(-1)) {
        const key = JSON.stringify([subject, against.text, against.references]);
        const known = wanted.get(key);
        const newest = against === history.at(-1) || known?.newest === true;
        const first = known?.against ?? against;
        wanted.set(key, { subject, level, checkout: current, against: first, backward, forward, newest });
      }
    }
  }
  return [...wanted.values()];
}
