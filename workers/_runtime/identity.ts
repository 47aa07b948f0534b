/**
 * Where a record lies: of an origin it is the record's identity for life. Of one that came from another cluster (an
 * imported letter) the topic is `<cluster id>.<its topic there>`.
 */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** `<topic>-<partition>-<offset>`, e.g. `payments-3-1207`. */
export function identity(topic: string, partition: number, offset: number): string {
  return `${topic}-${partition}-${offset}`;
}

// Topic names may hold dashes, dots and digits; only the last two numbers are ours, so the match is greedy. A topic's
// name has at most 249 characters, a cluster's id 22, or up to 64 where somebody chose it.
const IDENTITY = /^([a-zA-Z0-9._-]{1,314})-(0|[1-9]\d{0,9})-(0|[1-9]\d{0,15})$/;

/** What `identity()` wrote; undefined for anything it can't have written. */
export function parseIdentity(text: string): Place | undefined {
  const match = IDENTITY.exec(text);
  if (match?.[1] === undefined) return undefined;
  const partition = Number(match[2]);
  const offset = Number(match[3]);
  if (partition > 0x7fffffff || !Number.isSafeInteger(offset)) return undefined;
  return { topic: match[1], partition, offset };
}
