import { createHash } from "node:crypto";

/**
 * What makes two requests of one reservation id the same request. Made only from what the log keeps, so that a
 * rebuilt seat map still tells a retry from a conflict; the order of seats doesn't count.
 */
export function requestHash(request: {
  readonly customerId: string;
  readonly concertId: string;
  readonly seats: readonly string[];
  readonly card: string;
}): string {
  const { customerId, concertId, seats, card } = request;
  return createHash("sha256")
    .update(JSON.stringify([customerId, concertId, [...seats].sort(), card]))
    .digest("base64url");
}
