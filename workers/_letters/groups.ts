import { errorOf, fingerprintOf, type Letter, letterId, stageOf } from "./letter.ts";
import type { Group } from "./letter-group.ts";
import type { Match } from "./select.ts";
import type { Outcome } from "./state.ts";

/** Steps of a trend. */
const STEPS = 24;

interface Gathered {
  readonly letters: Match[];
  readonly topics: Set<string>;
  readonly counts: { [O in Outcome]: number };
  newest: Letter;
  matched: boolean;
}

/**
 * Letters by worker and fingerprint, most matching ones first. `matches` are all letters that the filter lets through
 * whatever became of them; a group is told when one in it is `wanted`.
 */
export function groupsOf(
  matches: readonly Match[],
  wanted: (match: Match) => boolean,
  retentionOf: (dlq: string) => number | undefined,
  now: number,
): readonly Group[] {
  const groups = gather(matches, wanted);
  const open = groups.flatMap(({ letters }) => letters.filter(isOpen));
  const from = open.reduce((first, { letter }) => Math.min(first, letter.diedAt), now);
  return groups
    .map((group) => told(group, retentionOf, from, now))
    .sort((a, b) => b.open - a.open || total(b) - total(a) || (a.worker < b.worker ? -1 : 1));
}

function gather(matches: readonly Match[], wanted: (match: Match) => boolean): Gathered[] {
  const groups = new Map<string, Gathered>();
  for (const match of matches) {
    const { letter, state } = match;
    const key = `${letter.worker} ${fingerprintOf(letter)}`;
    const group = groups.get(key) ?? newGroup(letter);
    groups.set(key, group);
    group.letters.push(match);
    group.topics.add(letter.topic);
    group.counts[state.outcome]++;
    if (letter.diedAt >= group.newest.diedAt) group.newest = letter;
    group.matched ||= wanted(match);
  }
  return [...groups.values()].filter(({ matched }) => matched);
}

function newGroup(letter: Letter): Gathered {
  return {
    letters: [],
    topics: new Set(),
    counts: { open: 0, replaying: 0, processed: 0, "dead again": 0, "sent to source": 0, discarded: 0 },
    newest: letter,
    matched: false,
  };
}

function told(
  { letters, topics, counts, newest }: Gathered,
  retentionOf: (dlq: string) => number | undefined,
  trendFrom: number,
  now: number,
): Group {
  const trend: number[] = new Array(STEPS).fill(0);
  let [firstSeen, lastSeen] = [newest.diedAt, newest.diedAt];
  let oldest: Letter | undefined;
  let sample: Letter | undefined;
  for (const match of letters) {
    const { letter } = match;
    firstSeen = Math.min(firstSeen, letter.diedAt);
    lastSeen = Math.max(lastSeen, letter.diedAt);
    if (!isOpen(match)) continue;
    const step = stepOf(letter.diedAt, trendFrom, now);
    trend[step] = (trend[step] ?? 0) + 1;
    if (oldest === undefined || letter.diedAt < oldest.diedAt) oldest = letter;
    if (sample === undefined || letter.diedAt >= sample.diedAt) sample = letter;
  }
  return {
    worker: newest.worker,
    fingerprint: fingerprintOf(newest),
    topics: [...topics].sort(),
    stage: stageOf(newest),
    error: errorOf(newest),
    reason: newest.ours.reason ?? "",
    open: counts.open,
    replaying: counts.replaying,
    processed: counts.processed,
    deadAgain: counts["dead again"],
    discarded: counts.discarded,
    sentToSource: counts["sent to source"],
    firstSeen,
    lastSeen,
    trend,
    trendFrom,
    trendUntil: now,
    oldestAge: oldest && Math.max(0, now - oldest.diedAt),
    retention: retentionOf((oldest ?? newest).dlq),
    sample: sample && letterId(sample),
  };
}

function isOpen({ state }: Match): boolean {
  return state.outcome === "open";
}

function total(group: Group): number {
  const { open, replaying, processed, deadAgain, discarded, sentToSource } = group;
  return open + replaying + processed + deadAgain + discarded + sentToSource;
}

/** Clocks differ: what died after now belongs to the last step. */
function stepOf(time: number, from: number, until: number): number {
  if (until <= from) return STEPS - 1;
  return Math.max(0, Math.min(STEPS - 1, Math.floor(((time - from) / (until - from)) * STEPS)));
}
