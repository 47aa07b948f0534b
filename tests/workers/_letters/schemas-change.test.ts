import t, { type Test } from "tap";
import { createDesk } from "../../../workers/_letters/mod.ts";
import { type Event, record, type Topic, topic } from "../../../workers/_runtime/event.ts";
import { defineWorker, from } from "../../../workers/_runtime/mod.ts";
import type { OutRecord } from "../../../workers/_runtime/record.ts";
import { type Fleet, fleet, until } from "../../_support/fleet.ts";
import { call, hands, letter, plansOf } from "../../_support/letters.ts";

interface Ticket {
  type: "Ticket";
  id: string;
  amount: number;
}

const ID = { name: "id", type: "string" } as const;
const ticket = <E extends Event>(...fields: readonly object[]) =>
  record<E>("test.Ticket", { type: "record", name: "Ticket", namespace: "test", fields: [ID, ...fields] });

const Loose = ticket<Ticket>({ name: "amount", type: "long" });
/** As it was read until yesterday; today a currency is wanted. */
const Strict = ticket<Ticket & { currency: string }>(
  { name: "amount", type: "long" },
  { name: "currency", type: "string" },
);

const byId = (name: string, one: typeof Loose): Topic<Ticket> =>
  topic({ name, records: [one], key: ({ id }) => id, retention: "forever", partitions: 1 });

/** A desk over letters of a topic whose worker reads it by `reading`, with the values of `make` in its DLQ. */
async function ground<E extends Event>(
  t: Test,
  declare: (name: string) => { readonly written: Topic<E>; readonly read: Topic<E> },
  make: (f: Fleet, written: Topic<E>) => readonly (Buffer | null)[],
) {
  const f = await fleet(t);
  const { written, read } = declare(f.unique("tickets"));
  const worker = defineWorker({ name: f.unique("w"), reads: [from(read, ...read.records)], handle() {} });
  await f.prepare([written], [worker]);
  const dlq = `${written.name}.${worker.name}.dlq`;
  const values = make(f, written);
  const records: readonly OutRecord[] = values.map((value, offset) =>
    letter(f, dlq, { topic: dlq, key: Buffer.from(`k${offset}`), value, headers: [] }, { offset }),
  );
  await f.send(records);
  const desk = await createDesk(f.config, { log: f.log, workers: [worker], plansTopic: await plansOf(f) });
  t.teardown(() => desk.close());
  /** What a replay of all of them sends. */
  const replayed = async () => {
    const { plan } = await desk.plan({ filter: { worker: [worker.name] }, reason: "r" }, call);
    await desk.replay(plan, { reason: "r", pace: false }, call);
    void (await hands(t, f)).carryOut(plan);
    const replay = `${written.name}.${worker.name}.replay`;
    await until(t, "all are sent", async () => (await f.all(replay)).length === values.length);
    return (await f.all(replay)).map(({ value }) => value);
  };
  return { f, desk, written, dlq, values, replayed, filter: { worker: [worker.name] } };
}

t.test("plan: says before anything is sent whom a stricter reader would fail again, and why", async (t) => {
  const { desk, dlq, filter } = await ground(
    t,
    (name) => ({ written: byId(name, Loose), read: byId(name, Strict) }),
    (f, written) =>
      [1, 2, 3].map((amount) => f.event(written, { type: "Ticket", id: "a", amount }).value ?? null),
  );
  const plan = await desk.plan({ filter, reason: "r" }, call);
  t.match(plan, { letters: 3, undecodable: [{ letters: 3, sample: `${dlq}-0-0`, reason: /currency/ }] });
  t.match((await desk.show(`${dlq}-0-0`, {}, call)).decoded, { ok: false, error: "Unresolvable" });
});

t.test(
  "letters whose schema is missing, or older than their reader, stay the bytes they were: shown, exported, replayed",
  async (t) => {
    const { desk, dlq, filter, values, replayed } = await ground(
      t,
      (name) => ({ written: byId(name, Loose), read: byId(name, Strict) }),
      (f, written) => [
        f.event(written, { type: "Ticket", id: "a", amount: 1 }).value ?? null,
        Buffer.from([0, 0x7f, 0xff, 0xff, 0xf0, 1, 2]),
        Buffer.alloc(0),
        null,
      ],
    );
    const base64 = values.map((value) => value?.toString("base64") ?? null);
    for (const [offset, value] of base64.entries()) {
      const shown = await desk.show(`${dlq}-0-${offset}`, { personal: true, newer: false }, call);
      t.equal(shown.raw?.value, value);
    }
    const exported = await Array.fromAsync(desk.export(filter, call));
    t.same(
      exported.map(({ value }) => value),
      base64,
    );
    t.same(await replayed(), values);
  },
);

interface Timed {
  type: "Timed";
  id: string;
  seats: number;
  at: number;
  exactly: number;
  widest: bigint;
  perhaps: number | null;
  day: number;
  price: Buffer;
}

const long = (logicalType: string, more: object = {}) => ({ type: "long", logicalType, ...more });
const Timed = record<Timed>("test.Timed", {
  type: "record",
  name: "Timed",
  namespace: "test",
  fields: [
    ID,
    { name: "seats", type: "int" },
    { name: "at", type: long("timestamp-millis") },
    { name: "exactly", type: long("timestamp-micros") },
    { name: "widest", type: long("timestamp-nanos", { tsType: "bigint" }) },
    { name: "perhaps", type: ["null", long("timestamp-millis")] },
    { name: "day", type: { type: "int", logicalType: "date" } },
    { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 } },
  ],
});

t.test(
  "edit() gives back Avro's timestamps, dates and decimals to the bit, as JSON showed them",
  async (t) => {
    const event: Timed = {
      type: "Timed",
      id: "a",
      seats: 9,
      at: 1_795_485_039_837,
      exactly: 1_795_485_039_837_001,
      widest: 1_795_485_039_837_001_003n,
      perhaps: -1,
      day: 20_781,
      price: Buffer.from([0x01, 0x86, 0xa0]),
    };
    const { f, desk, written, dlq, values, replayed } = await ground(
      t,
      (name) => {
        const both = topic({ name, records: [Timed], key: ({ id }) => id, partitions: 1 });
        return { written: both, read: both };
      },
      (fleet, topic) => [fleet.event(topic, event).value ?? null],
    );
    const name = `${dlq}-0-0`;
    const { decoded } = await desk.show(name, { newer: false }, call);
    if (!decoded.ok) return t.fail(decoded.reason);
    const typed = JSON.parse(JSON.stringify(decoded.event));
    const same = await desk.edit(name, { event: typed, reason: "r" }, call);
    t.match(same, { written: false, changes: [] }, "as it was shown it is the letter's very value");
    const edited = await desk.edit(name, { event: { ...typed, seats: 2 }, reason: "r" }, call);
    t.match(edited, { written: true, changes: [{ path: "seats", before: 9, after: 2 }] });
    const expected = f.event(written, { ...event, seats: 2 }).value;
    t.notSame(expected, values[0]);
    t.same(await replayed(), [expected], "the one field, and nothing else");
  },
);
