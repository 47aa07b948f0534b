import { reservations } from "../../schemas/topics.ts";
import type { ReservationRequested } from "../../schemas/types.ts";
import { createCodec } from "../../workers/_runtime/codec.ts";
import { type Broker, type Config, connectRegistry, type OutRecord } from "../../workers/_runtime/mod.ts";

const BATCH = 2000;
/** Batches on their way at once. */
const AHEAD = 3;
/** So that a charge is still allowed when its letter is replayed. */
const HOLD_MS = 6 * 3_600_000;

/**
 * What the night brings: requests whose charge the gateway will answer with 500 (most), some with cards that are none,
 * some cut in half by somebody's proxy.
 */
export async function writeNight(
  broker: Broker,
  { registry }: Pick<Config, "registry">,
  letters: number,
  signal: AbortSignal,
): Promise<void> {
  const codec = createCodec({ registry: connectRegistry(registry), records: [], topics: [reservations] });
  await codec.ready(signal);
  const producer = broker.producer();
  const sending: Promise<void>[] = [];
  for (let from = 0; from < letters; from += BATCH) {
    signal.throwIfAborted();
    const records: OutRecord[] = [];
    for (let n = from; n < Math.min(letters, from + BATCH); n++) {
      const event = requestOf(n);
      const { value } = codec.encode(reservations, event);
      records.push({
        topic: reservations.name,
        key: Buffer.from(event.reservationId),
        value: n % 100 === 50 ? value.subarray(0, 20) : value,
        headers: [],
      });
    }
    sending.push(producer.send(records));
    if (sending.length >= AHEAD) await sending.shift();
  }
  await Promise.all(sending);
}

function requestOf(n: number): ReservationRequested {
  const now = Date.now();
  return {
    type: "ReservationRequested",
    reservationId: `night-${n}`,
    customerId: `customer-${n % 9000}`,
    concertId: "night",
    seats: [`A-${n}`],
    amount: 4500,
    currency: "EUR",
    card: n % 100 === 25 ? `tok_poison_${n}` : `tok_visa_${n}`,
    requestedAt: now,
    holdUntil: now + HOLD_MS,
  };
}
