import type { Logger } from "pino";
import type { Admin } from "./broker.ts";
import { DrainEstimate } from "./drain-estimate.ts";
import { type Family, readTopics } from "./family.ts";
import type { Metrics } from "./metrics.ts";
import type { OwnedPartition } from "./owned.ts";
import { trim } from "./trim.ts";
import { pause } from "./wait.ts";

const EVERY_MS = 5_000;
/** What is done may lie there for a while: whoever looks for a copy of late finds it. */
const TRIM_EACH = 6;

export interface SurveyParts {
  readonly admin: Admin;
  readonly families: readonly Family[];
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly owned: () => readonly OwnedPartition[];
  /** Topics of each family as of the last join, the source first; undefined before it. */
  readonly joined: () => readonly (readonly string[])[] | undefined;
  /** A derived topic came or went. */
  readonly rejoin: () => void;
}

/**
 * Looks at the cluster every few seconds until `signal`: how far the owned partitions are behind, whether a derived
 * topic came since (a copy in it would wait unread until somebody joins), and deletes what is done from retry and replay
 * topics. An outage ends none of it.
 */
export async function survey(parts: SurveyParts, signal: AbortSignal): Promise<void> {
  const drains = new Map(parts.families.map(({ source }) => [source, new DrainEstimate()]));
  for (let round = 1; ; round++) {
    await pause(EVERY_MS, signal);
    if (signal.aborted) return;
    try {
      // Nothing is asked after the end: a question would connect anew.
      await lookForTopics(parts);
      if (!signal.aborted) await measureLag(parts, signal);
      for (const [source, drain] of drains) estimate(source, drain, parts);
      if (round % TRIM_EACH !== 0) continue;
      for (const owned of parts.owned()) if (!signal.aborted) await trim(owned, parts, signal);
    } catch (error) {
      if (!signal.aborted)
        parts.log.warn({ err: error }, "could not look at the cluster; trying again later");
    }
  }
}

async function measureLag(
  { admin, families, metrics, owned }: SurveyParts,
  signal: AbortSignal,
): Promise<void> {
  for (const { source } of families) {
    if (signal.aborted || !owned().some(({ opened }) => opened.family.source === source)) continue;
    const ends = new Map((await admin.offsets(source)).map(({ partition, high }) => [partition, high]));
    for (const each of owned()) {
      const end = each.opened.family.source === source ? ends.get(each.opened.partition) : undefined;
      if (end === undefined) continue;
      each.sourceEnd = end;
      const labels = { topic: source, partition: String(each.opened.partition) };
      if (each.lag !== undefined) metrics.lag.set(labels, each.lag);
    }
  }
}

/** Of a topic that it owns nothing of any more, another member tells. */
function estimate(topic: string, drain: DrainEstimate, { metrics, owned }: SurveyParts): void {
  const places = owned().flatMap(({ opened, lag, sourceEnd }) =>
    opened.family.source !== topic || lag === undefined || sourceEnd === undefined
      ? []
      : [{ partition: opened.partition, committed: sourceEnd - lag, lag }],
  );
  const seconds = drain.look(places, performance.now());
  if (seconds === undefined || places.length === 0) metrics.drainSeconds.remove({ topic });
  else metrics.drainSeconds.set({ topic }, seconds);
}

async function lookForTopics({ admin, families, joined, rejoin, log }: SurveyParts): Promise<void> {
  const existing = await admin.listTopics();
  const before = joined();
  if (!before) return;
  for (const family of families) {
    const now = readTopics(family, existing);
    const known = before.find(([source]) => source === family.source) ?? [];
    const changed = [...now.filter((t) => !known.includes(t)), ...known.filter((t) => !now.includes(t))];
    if (changed.length === 0) continue;
    log.info({ topics: changed }, "derived topics came or went: joining again");
    return rejoin();
  }
}
