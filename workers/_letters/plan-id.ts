import { randomInt } from "node:crypto";

/** Letters and digits that can't be taken for one another. */
const ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";

/**
 * `20261124-031522417-k7f3m`: sorts by time, fits a person's ear and a header, and is no number (BullMQ takes none for
 * a job's id). The log decides whether it is free.
 */
export function newPlanId(now: number): string {
  const [date = "", time = ""] = new Date(now).toISOString().split("T");
  let tail = "";
  for (let i = 0; i < 5; i++) tail += ALPHABET[randomInt(ALPHABET.length)];
  return `${date.replaceAll("-", "")}-${time.replace(/\D/g, "")}-${tail}`;
}
