import { reservations } from "../../schemas/topics.ts";
import type { ReservationRequested } from "../../schemas/types.ts";
import type { PlainProducer } from "../../workers/_runtime/broker.ts";
import { createCodec } from "../../workers/_runtime/codec.ts";
import type { RegistryConfig } from "../../workers/_runtime/mod.ts";
import { connectRegistry } from "../../workers/_runtime/registry.ts";
import type { SowStep } from "./step.ts";

/** An id that no registry that counts from 1 has come to. */
const NO_SUCH_SCHEMA = 2_000_000_000;

/** One record that isn't written ends the whole sale, which a busy broker is no reason for. */
const SOW_MS = 900_000;

export type Sower = (step: SowStep) => Promise<void>;

/**
 * Puts broken bytes on the topic `reservations`, past intake and the codec.
 * @throws {NotRegistered} when the schemas are not in the registry yet
 */
export async function createSower(
  producer: PlainProducer,
  registry: RegistryConfig,
  signal: AbortSignal,
): Promise<Sower> {
  const codec = createCodec({ registry: connectRegistry(registry), records: [], topics: [reservations] });
  await codec.ready(signal);
  return async ({ kind, key }) => {
    const value = bytesOf(kind, codec.encode(reservations, requestOf(key)).value);
    await producer.send([{ topic: reservations.name, key: Buffer.from(key), value, headers: [] }], {
      signal,
      timeoutMs: SOW_MS,
    });
  };
}

function bytesOf(kind: SowStep["kind"], whole: Buffer): Buffer {
  switch (kind) {
    case "magic":
      return Buffer.concat([Buffer.from([7]), whole.subarray(1)]);
    case "short":
      return whole.subarray(0, 3);
    case "truncated":
      return whole.subarray(0, Math.floor(whole.length / 2));
    case "unknown-schema": {
      const bytes = Buffer.from(whole);
      bytes.writeInt32BE(NO_SUCH_SCHEMA, 1);
      return bytes;
    }
  }
}

function requestOf(reservationId: string): ReservationRequested {
  return {
    type: "ReservationRequested",
    reservationId,
    customerId: "sown",
    concertId: "sown",
    seats: ["SOWN-1"],
    amount: 1,
    currency: "EUR",
    card: "tok_sown",
    requestedAt: 0,
    holdUntil: 0,
  };
}
