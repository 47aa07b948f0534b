import { deepStrictEqual } from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import t, { type Test } from "tap";
import { connectRedis } from "../../../workers/_runtime/mod.ts";
import type { ReservationEvent } from "../../../workers/_seats/story.ts";
import { BoxOffice } from "../../_support/box-office.ts";
import { silent } from "../../_support/seats.ts";

const SEATS = ["A-1", "A-2", "A-3", "A-4"];
const who = fc.integer({ min: 0, max: 5 }).map((n) => `r${n}`);
const seats = fc.subarray(SEATS, { minLength: 1, maxLength: 3 });
/** What may happen; `of` chooses among the open records. */
const steps = (isRough: boolean) => {
  const doing = <T>(what: string, fields: { [K in keyof T]: fc.Arbitrary<T[K]> }, weight: number) => ({
    weight,
    arbitrary: fc.record({ do: fc.constant(what), ...fields }),
  });
  const ends = isRough ? fc.constantFrom("commits", "aborts", "lingers") : fc.constant("commits");
  const published = isRough ? fc.boolean() : fc.constant(true);
  const step = fc.oneof(
    doing("request", { who, seats, published }, 4),
    doing("deliver", { of: fc.nat(50), ends }, 8),
    doing("commit", { of: fc.nat(50) }, 2),
    doing("capture", { who }, 3),
    doing("decline", { who }, 1),
    doing("cancel", { who }, 2),
    doing("due", { who }, 1),
    doing("tick", { ms: fc.constantFrom(1, 400, 1_600) }, 2),
  );
  // Fields that a step doesn't have are undefined.
  return fc.array(step as fc.Arbitrary<Step>, { minLength: 10, maxLength: 60 });
};

interface Step {
  readonly do: string;
  readonly who: string;
  readonly seats: readonly string[];
  readonly published: boolean;
  readonly of: number;
  readonly ends: "commits" | "aborts" | "lingers";
  readonly ms: number;
}

async function act(office: BoxOffice, step: Step): Promise<void> {
  const record = office.open[step.of % Math.max(1, office.open.length)];
  if (step.do === "request") await office.request(step.who, step.seats, step.published);
  if (step.do === "deliver" && record !== undefined) await office.deliver(record, step.ends);
  if (step.do === "commit") office.commit(step.of);
  if (step.do === "tick") office.now += step.ms;
  if (step.do === "capture") office.capture(step.who);
  if (step.do === "decline") office.decline(step.who, "DECLINED");
  if (step.do === "cancel") office.cancel(step.who);
  if (step.do === "due") office.due(step.who);
}

async function offices(t: Test): Promise<() => Promise<BoxOffice>> {
  const redis = await connectRedis(process.env.REDIS_URL ?? "", { log: silent, waitMs: 60_000 });
  t.teardown(() => redis.close());
  return async () => {
    const office = new BoxOffice(redis, `test-${randomBytes(6).toString("hex")}:`);
    await office.rebuild();
    return office;
  };
}

/** State and seats of everything, without what only the living map can know. */
async function picture(office: BoxOffice): Promise<unknown> {
  const ids = new Set(office.log.map(({ reservationId }) => reservationId));
  const told: Record<string, unknown> = {};
  for (const id of [...ids].sort()) {
    const found = await office.seatMap.find(id);
    if (found === undefined) continue;
    const {
      revision: _,
      generation: ____,
      announced: __,
      published: ___,
      soldBy,
      endedBy,
      refundBy,
      ...rest
    } = found;
    told[id] = {
      ...rest,
      sold: soldBy !== undefined,
      ended: endedBy !== undefined,
      refund: refundBy !== undefined,
    };
  }
  return { told, seats: (await office.seatMap.seats("c")).seats };
}

t.test("a rebuild equals the map that lived through it, whatever happened", async (t) => {
  const office = await offices(t);
  await fc.assert(
    fc.asyncProperty(steps(false), async (history) => {
      const one = await office();
      for (const what of history) await act(one, what);
      const lived = await picture(one);
      await one.rebuild();
      deepStrictEqual(await picture(one), lived);
    }),
    { numRuns: 200 },
  );
  t.pass("every history was rebuilt as it was");
});

t.test(
  "after a rebuild in mid-flight every request still ends once, no seat is sold twice, money is right",
  async (t) => {
    const office = await offices(t);
    await fc.assert(
      fc.asyncProperty(steps(true), fc.nat(60), async (history, at) => {
        const one = await office();
        for (const [index, what] of history.entries()) {
          if (index === at) await one.rebuild();
          await act(one, what);
        }
        await one.rebuild();
        await one.finish();
        const broken = brokenInvariants(one);
        if (broken.length > 0)
          throw new Error(`${broken.join("; ")}\n${JSON.stringify(one.log, undefined, 1)}`);
      }),
      { numRuns: 200 },
    );
    t.pass("every history held");
  },
);

function brokenInvariants({ log, captured }: BoxOffice): string[] {
  const broken: string[] = [];
  const owners = new Map<string, string>();
  const requests = new Map<string, readonly string[]>();
  for (const event of log)
    if (event.type === "ReservationRequested") requests.set(event.reservationId, event.seats);
  for (const [id, itsSeats] of requests) {
    const of = (type: ReservationEvent["type"]) =>
      log.flatMap((event, index) => (event.reservationId === id && event.type === type ? [index] : []));
    const [confirmed, cancelled, refunds] = [
      of("ReservationConfirmed"),
      of("ReservationCancelled"),
      of("RefundRequested"),
    ];
    const ends = [confirmed, cancelled, of("ReservationExpired"), of("ReservationRejected")].map(
      (one) => one.length,
    );
    const count = ends.reduce((sum, n) => sum + n, 0);
    const isTakenBack = confirmed.length === 1 && cancelled.length === 1 && count === 2;
    if (count !== 1 && !isTakenBack) broken.push(`${id} ended ${ends.join(",")} times`);
    if (isTakenBack && (confirmed[0] ?? 0) > (cancelled[0] ?? 0))
      broken.push(`${id} confirmed after cancelled`);
    const stands = confirmed.length === 1 && cancelled.length === 0;
    if (refunds.length !== (captured.has(id) && !stands ? 1 : 0))
      broken.push(`${id} refunded ${refunds.length} times`);
    if (!stands) continue;
    for (const seat of itsSeats) {
      if (owners.has(seat)) broken.push(`${seat} sold to ${owners.get(seat)} and ${id}`);
      owners.set(seat, id);
    }
  }
  return broken;
}
