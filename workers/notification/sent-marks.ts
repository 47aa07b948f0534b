import type { RedisConnection } from "../_runtime/mod.ts";

/**
 * Which records' notices went out, so that only an unclean kill between sending and marking repeats one. Calls
 * throw `Unavailable("redis")` while Redis is away.
 */
export interface SentMarks {
  has(recordId: string): Promise<boolean>;
  add(recordId: string): Promise<void>;
}

export interface SentMarksOptions {
  /** Before every key. @default "boxoffice:" */
  readonly prefix?: string;
}

/** Longer than any retry ladder and than the DLQ keeps letters (30 days), so that no replay finds its mark gone. */
const KEPT_SECONDS = 45 * 24 * 3600;

export function createSentMarks(
  redis: Pick<RedisConnection, "call">,
  options: SentMarksOptions = {},
): SentMarks {
  const { prefix = "boxoffice:" } = options;
  const keyOf = (recordId: string) => `${prefix}sent:${recordId}`;
  return {
    async has(recordId) {
      return (await redis.call("EXISTS", keyOf(recordId))) === 1;
    },
    async add(recordId) {
      await redis.call("SET", keyOf(recordId), "1", "EX", KEPT_SECONDS);
    },
  };
}
