import type { RedisConnection } from "../../../workers/_runtime/mod.ts";

/** Keys of one form. */
export interface KeyFamily {
  /** A key's name with what differs as `*`. */
  readonly form: string;
  readonly keys: number;
  readonly bytes: number;
}

/** What lies in Redis by form of key, the largest first. Asks for every key: on a bench's Redis only. */
export async function keyFamilies(redis: RedisConnection): Promise<readonly KeyFamily[]> {
  const families = new Map<string, { keys: number; bytes: number }>();
  for (let cursor = "0"; ; ) {
    const [next, keys] = scanned(await redis.call("SCAN", cursor, "COUNT", 1_000));
    const sizes = await Promise.all(keys.map((key) => redis.call("MEMORY", "USAGE", key, "SAMPLES", 0)));
    for (const [i, key] of keys.entries()) {
      const form = formOf(key);
      const family = families.get(form) ?? { keys: 0, bytes: 0 };
      families.set(form, { keys: family.keys + 1, bytes: family.bytes + Number(sizes[i] ?? 0) });
    }
    cursor = next;
    if (cursor === "0") break;
  }
  return [...families].map(([form, family]) => ({ form, ...family })).sort((a, b) => b.bytes - a.bytes);
}

/** `address:b41-fan-7` as `address:*`: words of letters stay, whatever holds a digit goes. */
export function formOf(key: string): string {
  return key
    .split(":")
    .map((part) => (/\d/.test(part) ? "*" : part))
    .join(":");
}

function scanned(answer: unknown): readonly [cursor: string, keys: readonly string[]] {
  if (!Array.isArray(answer) || !Array.isArray(answer[1])) throw new TypeError("Redis answers SCAN oddly");
  return [String(answer[0]), answer[1].map(String)];
}
