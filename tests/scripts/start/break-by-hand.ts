import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { pino } from "pino";
import { reservations } from "../../../schemas/topics.ts";
import type { Violation } from "../../../scripts/invariants/violation.ts";
import { connectBroker } from "../../../workers/_runtime/broker.ts";
import { connectRegistry, createCodec, readConfig } from "../../../workers/_runtime/mod.ts";

/** What was broken: the reservation charged twice and the seat confirmed twice. */
export interface Broken {
  readonly charged: string;
  readonly seat: string;
}

/** `fleet.env` as `start` wrote it. */
export function environmentOf(folder: string): Record<string, string> {
  const printed = execFileSync("/bin/sh", ["-c", `. '${folder}/fleet.env'; env -0`], { encoding: "utf8" });
  return Object.fromEntries(
    printed
      .split("\0")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

/** A seat of the first reservation that was accepted; what was sown may come before it. Undefined: none was yet. */
export function acceptedSeat(ledger: string): string | undefined {
  const lines = readFileSync(ledger, "utf8").split("\n").slice(0, -1);
  const entries: { seats?: string[] }[] = lines.map((line) => JSON.parse(line));
  return entries.find(({ seats }) => seats !== undefined)?.seats?.[0];
}

/** Breaks, in a running fleet: a second charge, a seat confirmed twice for somebody never charged, a lost request. */
export async function breakByHand(env: Readonly<Record<string, string>>, ledger: string): Promise<Broken> {
  const charged = await chargeAgain(env);
  const seat = acceptedSeat(ledger);
  if (seat === undefined) throw new Error(`Cannot break a sale that accepted nothing: ${ledger}`);
  await confirmAgain(env, seat);
  appendFileSync(
    ledger,
    `${JSON.stringify({ reservationId: "lost", fan: 1, card: "tok_good", seats: ["A-1"] })}\n`,
  );
  return { charged, seat };
}

/** What `breakByHand` did and `violations` do not name; none: all is named. */
export function unnamed(violations: readonly Violation[], { charged, seat }: Broken): string[] {
  const names = (invariant: string) =>
    violations
      .filter((violation) => violation.invariant === invariant)
      .flatMap(({ reservations, seats, evidence }) => [...reservations, ...seats, ...evidence]);
  const wanted: readonly [invariant: string, name: string][] = [
    ["charged-once", charged],
    ["seat-sold-once", seat],
    ["seat-sold-once", "by-hand"],
    ["request-ended", "lost"],
    // Confirmed, and never charged.
    ["money-answered", "by-hand"],
  ];
  return wanted
    .filter(([invariant, name]) => !names(invariant).includes(name))
    .map(([invariant, name]) => `${invariant}: ${name}`);
}

async function chargeAgain(env: Readonly<Record<string, string>>): Promise<string> {
  const entries = await (await fetch(`${env.GATEWAY_ADMIN_URL}/ledger?kind=charge`)).text();
  const { amount, currency, reference } = JSON.parse(entries.split("\n")[0] ?? "");
  const again = await fetch(`${env.GATEWAY_URL}/charges`, {
    method: "POST",
    headers: { "idempotency-key": "by-hand", "content-type": "application/json" },
    body: JSON.stringify({ amount, currency, card: "tok_x", reference }),
  });
  if (again.status !== 201) throw new Error(`Cannot charge again: ${again.status} ${await again.text()}`);
  return reference;
}

async function confirmAgain(env: Readonly<Record<string, string>>, seat: string): Promise<void> {
  const config = readConfig(env, ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL"]);
  const broker = connectBroker(config.kafka, { clientId: "by-hand", log: pino({ level: "silent" }) });
  try {
    const codec = createCodec({
      registry: connectRegistry(config.registry),
      records: [],
      topics: [reservations],
    });
    await codec.ready(AbortSignal.timeout(200_000));
    const { value } = codec.encode(reservations, {
      type: "ReservationConfirmed",
      reservationId: "by-hand",
      customerId: "nobody",
      concertId: "grand-hall-gala",
      seats: [seat],
      amount: 1,
      currency: "EUR",
      chargeId: "ch_none",
    });
    await broker
      .producer()
      .send([{ topic: reservations.name, key: Buffer.from("by-hand"), value, headers: [] }]);
  } finally {
    await broker.close();
  }
}
