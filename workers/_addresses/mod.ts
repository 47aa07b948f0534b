import type { RedisConnection } from "../_runtime/mod.ts";

/**
 * The erasable store of customers' addresses. Events, which are kept for ever, carry a customer id only;
 * erasing the address here leaves nothing of the person in the log. Calls throw `Unavailable("redis")` while
 * Redis is away.
 */
export interface Addresses {
  /** Remembers the address, in place of an earlier one. */
  put(customerId: string, email: string): Promise<void>;
  /** Undefined: never given, or erased. */
  get(customerId: string): Promise<string | undefined>;
  /** False: there was nothing to erase. */
  erase(customerId: string): Promise<boolean>;
}

export interface AddressesOptions {
  /** Before every key. @default "boxoffice:" */
  readonly prefix?: string;
}

/** Addresses in one Redis hash per customer. */
export function createAddresses(
  redis: Pick<RedisConnection, "call">,
  options: AddressesOptions = {},
): Addresses {
  const { prefix = "boxoffice:" } = options;
  const keyOf = (customerId: string) => `${prefix}address:${customerId}`;
  return {
    async put(customerId, email) {
      await redis.call("HSET", keyOf(customerId), "email", email);
    },
    async get(customerId) {
      const email = await redis.call("HGET", keyOf(customerId), "email");
      return typeof email === "string" ? email : undefined;
    },
    async erase(customerId) {
      return (await redis.call("DEL", keyOf(customerId))) === 1;
    },
  };
}
