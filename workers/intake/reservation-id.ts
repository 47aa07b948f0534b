import { createHash } from "node:crypto";

/**
 * The reservation of one client's one Idempotency-Key, so that a request repeated after a lost answer is the same
 * reservation wherever and whenever it arrives. 128 bits of SHA-256 behind a letter: no separator can make two
 * pairs alike, and the id is never taken for a number.
 */
export function reservationIdOf(client: string, idempotencyKey: string): string {
  const digest = createHash("sha256").update(JSON.stringify([client, idempotencyKey]));
  return `r${digest.digest("hex").slice(0, 32)}`;
}
