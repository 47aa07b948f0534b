import { createHash } from "node:crypto";

/** Recipients remembered; beyond it the oldest is new again. */
const MOST = 100_000;

/** Servers that defer a recipient's first mail, to see whether the sender tries again. */
export function createGreylist() {
  const seen = new Set<string>();
  return {
    /** True at the first try for each of a `share` of all addresses, chosen by the address alone. */
    defers(address: string, share: number): boolean {
      const drawn = createHash("sha256").update(address).digest().readUInt32BE() / 2 ** 32;
      if (drawn >= share || seen.has(address)) return false;
      seen.add(address);
      const oldest = seen.values().next().value;
      if (seen.size > MOST && oldest !== undefined) seen.delete(oldest);
      return true;
    },
  };
}
