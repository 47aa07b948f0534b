import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

export interface FansOptions {
  readonly intakeUrl: string;
  /** As for `concerts apply`: whose seats they want, one after another. */
  readonly concertFile: string;
  readonly everyMs: number;
  /** The gateway's token of the payment method, for the fan of that number. */
  readonly card: (fan: number) => string;
}

const PATIENCE_MS = 5_000;

/** Fans at a steady pace, each with a seat of its own, whatever becomes of them; until `signal`. */
export async function sendFans(options: FansOptions, signal: AbortSignal): Promise<void> {
  const { intakeUrl, concertFile, everyMs } = options;
  const { concertId, rows }: { concertId: string; rows: { name: string; seats: number }[] } = JSON.parse(
    readFileSync(concertFile, "utf8"),
  );
  const seats = rows.flatMap(({ name, seats }) =>
    Array.from({ length: seats }, (_, i) => `${name}-${i + 1}`),
  );
  for (let fan = 0; fan < seats.length && !signal.aborted; fan++) {
    const client = randomUUID();
    void fetch(`${intakeUrl}/reservations`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": client, "x-client-id": client },
      body: JSON.stringify({
        ...{ concertId, seats: [seats[fan]], card: options.card(fan), email: `${client}@fans.example` },
      }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    })
      .then((answer) => answer.arrayBuffer())
      .catch(() => {});
    await wait(everyMs, undefined, { signal }).catch(() => {});
  }
}
