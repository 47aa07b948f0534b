import type { RedisConnection } from "../_runtime/mod.ts";

/** A set that outlives the process. Calls throw `Unavailable("redis")` while Redis is away. */
export interface Marks {
  has(id: string): Promise<boolean>;
  add(id: string): Promise<void>;
}

export interface MarksOptions {
  /** Before every key. @default "boxoffice:" */
  readonly prefix?: string;
}

type Redis = Pick<RedisConnection, "call">;

/** Longer than any retry ladder and than the DLQ keeps letters (30 days), so that no replay finds its mark gone. */
const KEPT_SECONDS = 45 * 24 * 3600;

/** Which records' notices went out, so that only an unclean kill between sending and marking repeats one. */
export const createSentMarks = (redis: Redis, options?: MarksOptions) => createMarks(redis, "sent", options);

/** Which reservations were cancelled, for notices of their sale that come back from a dead letter afterwards. */
export const createCancelledMarks = (redis: Redis, options?: MarksOptions) =>
  createMarks(redis, "cancelled", options);

function createMarks(redis: Redis, name: string, { prefix = "boxoffice:" }: MarksOptions = {}): Marks {
  const keyOf = (id: string) => `${prefix}${name}:${id}`;
  return {
    async has(id) {
      return (await redis.call("EXISTS", keyOf(id))) === 1;
    },
    async add(id) {
      await redis.call("SET", keyOf(id), "1", "EX", KEPT_SECONDS);
    },
  };
}
