import { Unavailable } from "../../../workers/_runtime/mod.ts";
import type { LevelOf } from "../declared-levels.ts";
import type { Finding } from "../finding.ts";
import type { UpgradeOrder } from "../fleet/upgrade-order.ts";
import type { CheckResult, Compared } from "../report/check-result.ts";
import type { SchemaVersion, SubjectHistory } from "../version.ts";
import { applyWaivers } from "../waivers/apply-waivers.ts";
import type { ParsedWaivers } from "../waivers/parse-waivers.ts";
import type { Waiver } from "../waivers/waiver.ts";
import { type Baseline, type Comparison, comparisons } from "./comparisons.ts";
import { goneSubjects, type Surroundings } from "./gone.ts";
import { type Found, merge } from "./merge.ts";

/** Who judges what; each is a pure function. */
export interface Judges {
  /** What can't be read, or means something else, between two versions. */
  readonly pair: (comparison: Comparison) => readonly Finding[];
  /** What is wrong with the checkout's version by itself. */
  readonly version: (version: SchemaVersion, subjects: readonly string[]) => readonly Finding[];
}

/** What workers' codecs say about what is really written, where they were asked. */
export interface FleetSays {
  readonly findings: readonly Finding[];
  /** Undefined: nobody looked, `notes` say why. */
  readonly upgrade: UpgradeOrder | undefined;
  readonly notes: readonly string[];
  /** Rules of which nobody can tell whether a waiver is needed. */
  readonly notLookedFor: ReadonlySet<string>;
}

export interface Inquiry {
  readonly checkout: readonly SubjectHistory[];
  readonly baselines: readonly Baseline[];
  readonly levelOf: LevelOf;
  readonly judges: Judges;
  readonly fleet: FleetSays;
  readonly surroundings: Surroundings;
  readonly waivers: ParsedWaivers;
  readonly waiversFile: string;
  /** Whether a waiver that was not needed is an error. */
  readonly isJudged: (waiver: Waiver) => boolean;
  /** False: to have compared nothing is a failure. */
  readonly mayBeFirst: boolean;
  /** ISO date in UTC. */
  readonly today: string;
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * The whole verdict, from texts alone.
 * @throws {Unavailable} when nothing was compared: that must not pass for fine
 */
export function verdictOf(inquiry: Inquiry): CheckResult {
  const { checkout, baselines, levelOf, judges, fleet, texts, mayBeFirst } = inquiry;
  const compared = baselines.map((baseline) => comparedWith(baseline, checkout, mayBeFirst));
  const pairs = comparisons(checkout, baselines, levelOf);
  if (pairs.length === 0 && !mayBeFirst) {
    throw new Unavailable(
      "baseline",
      "Cannot check as no version was compared: the level of every subject is NONE in schemas/schemas.json",
    );
  }
  const found: Found[] = [
    ...goneSubjects(checkout, baselines, inquiry.surroundings),
    ...bySchema(checkout).flatMap(({ version, subjects }) => judges.version(version, subjects).map(alone)),
    ...pairs.flatMap((pair) =>
      judges.pair(pair).map((finding): Found => ({ finding, version: pair.against.label })),
    ),
    ...fleet.findings.map(alone),
  ];
  const { open, waived, problems } = applyWaivers(merge(found), inquiry.waivers, {
    file: inquiry.waiversFile,
    today: inquiry.today,
    isJudged: inquiry.isJudged,
  });
  return {
    subjects: checkout.map(({ subject }) => subject),
    compared,
    comparisons: pairs.length,
    open: merge([...open.flatMap(apart), ...problems.map(alone)]),
    waived,
    upgrade: fleet.upgrade,
    notes: fleet.notes,
    texts,
  };
}

/** @throws {Unavailable} when they have no subject in common */
function comparedWith(
  { name, histories }: Baseline,
  checkout: readonly SubjectHistory[],
  mayBeFirst: boolean,
): Compared {
  const ours = new Set(checkout.map(({ subject }) => subject));
  const common = histories.filter(({ subject, versions }) => ours.has(subject) && versions.length > 0);
  if (common.length === 0 && !mayBeFirst) {
    throw new Unavailable(
      "baseline",
      `Cannot compare with ${name} as it has none of this checkout's subjects`,
    );
  }
  return {
    name,
    subjects: common.length,
    versions: common.reduce((sum, { versions }) => sum + versions.length, 0),
  };
}

/** A record on several topics is judged once. */
function bySchema(
  checkout: readonly SubjectHistory[],
): { readonly version: SchemaVersion; readonly subjects: readonly string[] }[] {
  const byFile = new Map<string, { version: SchemaVersion; subjects: string[] }>();
  for (const { subject, versions } of checkout) {
    const version = versions.at(-1);
    if (version === undefined) continue;
    const known = byFile.get(version.file);
    if (known === undefined) byFile.set(version.file, { version, subjects: [subject] });
    else known.subjects.push(subject);
  }
  return [...byFile.values()];
}

function alone(finding: Finding): Found {
  return { finding };
}

function apart({ finding, versions }: ReturnType<typeof merge>[number]): Found[] {
  return versions.length === 0 ? [{ finding }] : versions.map((version) => ({ finding, version }));
}
