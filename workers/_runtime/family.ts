import { durationMs } from "./duration.ts";

/** The names of a worker's topics derived from one source topic, and its retry ladder. */
export interface Family {
  readonly source: string;
  readonly replay: string;
  readonly dlq: string;
  /** By level: the delay topic and its wait. */
  readonly ladder: readonly { readonly topic: string; readonly delayMs: number }[];
}

export function familyOf(
  worker: { readonly name: string },
  source: string,
  retry: readonly string[],
): Family {
  const prefix = `${source}.${worker.name}`;
  return {
    source,
    replay: `${prefix}.replay`,
    dlq: `${prefix}.dlq`,
    ladder: retry.map((wait) => ({ topic: `${prefix}.retry.${wait}`, delayMs: durationMs(wait) })),
  };
}

/**
 * The topics a member reads for one source: the source first, its replay topic, and every retry topic of its own that
 * exists, declared or not: what an earlier ladder delayed must not be stranded.
 */
export function readTopics(family: Family, existing: readonly string[]): string[] {
  const retryPrefix = family.replay.replace(/replay$/, "retry.");
  const retries = existing.filter((topic) => topic.startsWith(retryPrefix)).sort();
  return [family.source, family.replay, ...retries];
}
