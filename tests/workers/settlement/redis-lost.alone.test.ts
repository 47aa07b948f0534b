import t from "tap";
import { concerts, payments, reservations } from "../../../schemas/topics.ts";
import type { PaymentCaptured } from "../../../schemas/types.ts";
import { startStack } from "../../../scripts/stack/start.ts";
import {
  connectRedis,
  createCodec,
  type Event,
  type Topic,
  type Worker,
} from "../../../workers/_runtime/mod.ts";
import { connectRegistry } from "../../../workers/_runtime/registry.ts";
import { compareWithLog } from "../../../workers/_seats/compare.ts";
import { createSeatMap, requestHash, type SeatMap } from "../../../workers/_seats/mod.ts";
import { eventReader } from "../../../workers/_seats/read-log.ts";
import type { ReservationEvent } from "../../../workers/_seats/story.ts";
import { claimsFrom, nothingTold, readOn } from "../../../workers/_seats/told.ts";
import expiry from "../../../workers/expiry/worker.ts";
import settlement from "../../../workers/settlement/worker.ts";
import { concert } from "../../_support/box-office.ts";
import { type Fleet, fleet, until } from "../../_support/fleet.ts";
import { silent } from "../../_support/seats.ts";
import { runCommand } from "../../command.ts";

const signal = new AbortController().signal;
/** Of a hold that must not end here, however slow the machine is. */
const HELD_MS = 3_600_000;
const small = (topic: Topic): Topic => ({ ...topic, partitions: 2 });
const all = ([concerts, reservations, payments] as unknown as readonly Topic[]).map(small);
const quick = (worker: Worker): Worker => ({
  ...worker,
  retry: ["200ms", "1s"],
  reads: worker.reads.map(({ topic, records }) => ({ topic: small(topic), records })),
});

async function publish(own: Fleet, topic: Topic, event: Event): Promise<void> {
  const key = Buffer.from(topic.key(event));
  const codec = createCodec({ registry: connectRegistry(own.config.registry), records: [], topics: [topic] });
  await codec.ready(signal);
  const { value } = codec.encode(topic, event);
  await own.broker.producer().send([{ topic: topic.name, key, value, headers: [] }]);
}

/** As intake does it. */
async function reserve(
  own: Fleet,
  seatMap: SeatMap,
  id: string,
  seats: readonly string[],
  holdMs: number,
): Promise<void> {
  const asked = { reservationId: id, customerId: `u-${id}`, concertId: "c", seats: [...seats] };
  const price = { amount: 100 * seats.length, currency: "EUR" };
  const bodyHash = requestHash({ ...asked, card: "tok" });
  const held = await seatMap.hold({ ...asked, ...price, bodyHash, holdUntil: Date.now() + holdMs });
  if (held.kind !== "held") throw new Error(`${id} is ${held.kind}`);
  const { requestedAt, holdUntil } = held.reservation;
  const event = { type: "ReservationRequested", ...asked, ...price, card: "tok", requestedAt, holdUntil };
  await publish(own, reservations as unknown as Topic, event);
}

const captured = (id: string, seats: number): PaymentCaptured => ({
  ...{ type: "PaymentCaptured", reservationId: id, customerId: `u-${id}`, chargeId: `ch-${id}` },
  ...{ amount: 100 * seats, currency: "EUR" },
});

t.setTimeout(600_000);
t.test(
  "settlement and expiry end each reservation once, over a Redis that is lost in mid-sale",
  async (t) => {
    const stack = await startStack({ services: ["kafka", "registry", "redis"] }, signal);
    t.teardown(() => stack.stop());
    const own = await fleet(t, { ...stack.env, INTAKE_PUBLISH_TIMEOUT: "500ms" });
    const workers = [settlement, expiry].map(quick);
    await own.prepare(all, workers);
    for (const worker of workers) await own.run(worker);
    const redis = await connectRedis(stack.redis.url, { log: silent });
    t.teardown(() => redis.close());
    const seatMap = createSeatMap(redis);
    const readEvent = eventReader(connectRegistry(own.config.registry));
    const log = async (id: string): Promise<readonly ReservationEvent[]> => {
      const events: ReservationEvent[] = [];
      for (const record of await own.all("reservations")) {
        const read = await readEvent(record, reservations as unknown as Topic, signal);
        // The reader answers with nothing but the topic's records.
        if (typeof read === "object") events.push(read.event as ReservationEvent);
      }
      return events.filter(({ reservationId }) => reservationId === id);
    };
    const types = async (id: string) => (await log(id)).map(({ type }) => type);
    const ends = (id: string, type: string) => async () => (await types(id)).some((one) => one === type);

    await until(t, "the first start opens an empty seat map", () => seatMap.isOpen());
    await publish(own, concerts as unknown as Topic, concert);
    await until(t, "the catalogue is there", async () => (await seatMap.concert("c")) !== undefined);

    await reserve(own, seatMap, "kept", ["A-1"], HELD_MS);
    await reserve(own, seatMap, "unpaid", ["A-2"], 300);
    await publish(own, payments as unknown as Topic, captured("kept", 1));
    await until(t, "it is confirmed", ends("kept", "ReservationConfirmed"));
    await until(t, "the unpaid one expired", ends("unpaid", "ReservationExpired"));
    await reserve(own, seatMap, "open", ["A-2", "A-3"], HELD_MS);

    await stack.redis.kill();
    // Meanwhile: neither may be lost, nor become a dead letter.
    await publish(own, payments as unknown as Topic, captured("open", 2));
    await publish(own, payments as unknown as Topic, captured("unpaid", 1));
    await stack.redis.start();
    await until(t, "the map is rebuilt by itself", () => seatMap.isOpen());
    await until(t, "the open one is confirmed", ends("open", "ReservationConfirmed"));
    await until(t, "the late charge goes back", ends("unpaid", "RefundRequested"));

    const whose = { reservationId: "kept", customerId: "u-kept", requestedAt: Date.now() };
    await publish(
      own,
      reservations as unknown as Topic,
      { type: "CancellationRequested", ...whose } as Event,
    );
    await until(t, "the sale of before is cancelled", ends("kept", "ReservationCancelled"));
    t.strictSame(await types("kept"), [
      ...["ReservationRequested", "ReservationConfirmed", "CancellationRequested"],
      ...["ReservationCancelled", "RefundRequested"],
    ]);
    t.match((await log("kept")).at(-1), { chargeId: "ch-kept", amount: 100, reason: "CANCELLED" });
    t.match((await log("unpaid")).at(-1), { chargeId: "ch-unpaid", reason: "TOO_LATE" });
    t.strictSame((await seatMap.seats("c")).seats, { "A-2": "sold", "A-3": "sold" });

    const told = nothingTold();
    await readOn(told, { broker: own.broker, readEvent, signal });
    t.strictSame(await compareWithLog(seatMap, claimsFrom(told).claims, signal), []);
    for (const worker of ["payments.settlement", "reservations.settlement", "reservations.expiry"])
      t.strictSame(await own.all(`${worker}.dlq`), [], `${worker} has no dead letter`);

    const check = await runCommand(["rebuild", "seats", "--check", "--json"], stack.env);
    t.match([check.code, JSON.parse(check.stdout)], [0, { equal: true, reservations: 3, differences: [] }]);
    await reserve(own, seatMap, "more", ["A-4"], HELD_MS);
    const rebuilt = await runCommand(["rebuild", "seats", "--json"], {
      ...stack.env,
      INTAKE_PUBLISH_TIMEOUT: "10ms",
    });
    t.match(
      [rebuilt.code, JSON.parse(rebuilt.stdout)],
      [0, { reservations: 4, seats: { held: 1, sold: 2 } }],
    );
    t.match(rebuilt.stderr, /reading\n.*fencing\n/);
    await seatMap.find("more").catch(() => {});
    t.strictSame((await seatMap.seats("c")).seats, { "A-2": "sold", "A-3": "sold", "A-4": "held" });
  },
);
