import t from "tap";
import { freeze, lettersOf } from "../../../workers/_letters/frozen.ts";
import type { LetterDetail } from "../../../workers/_letters/mod.ts";
import { knownStates, planStore, readingDesk } from "../../../workers/_letters/mod.ts";
import { printState } from "../../../workers/_letters/states.ts";
import { DEAD_LETTERS } from "../../../workers/_runtime/copies.ts";
import { record, topic } from "../../../workers/_runtime/event.ts";
import { withOurs } from "../../../workers/_runtime/headers.ts";
import { defineWorker, from, Permanent, type Worker } from "../../../workers/_runtime/mod.ts";
import type { KafkaRecord, OutRecord } from "../../../workers/_runtime/record.ts";
import { connectRegistry } from "../../../workers/_runtime/registry.ts";
import { type Fleet, fleet, Note, noteTopic, until } from "../../_support/fleet.ts";
import { committedOf } from "../../_support/kafka.ts";
import { call } from "../../_support/letters.ts";

function deskOf(f: Fleet, workers: readonly Worker[]) {
  const { broker, config } = f;
  return readingDesk({
    broker,
    registry: connectRegistry(config.registry),
    workers,
    store: planStore(broker),
    states: knownStates(broker),
  });
}

interface Guest {
  type: "Guest";
  key: string;
  amount: number;
  at: number;
  name: string;
  note: string | null;
}

const Guest = record<Guest>("test.Guest", {
  type: "record",
  name: "Guest",
  namespace: "test",
  fields: [
    { name: "key", type: "string" },
    { name: "amount", type: "long" },
    { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "name", type: "string", doc: "Personal: who comes." },
    { name: "note", type: ["null", "string"] },
  ],
});

t.test("readingDesk() groups, lists, shows and plans what a worker let die", async (t) => {
  const f = await fleet(t);
  const source = topic({
    name: f.unique("guests"),
    records: [Guest],
    key: (event) => event.key,
    retention: "forever",
    partitions: 2,
  });
  const worker = defineWorker({
    name: f.unique("door"),
    reads: [from(source, Guest)],
    retry: [],
    handle(event) {
      if (event.note === "fine") return;
      throw new Permanent(`guest ${event.key} number ${event.amount} has no seat`);
    },
  });
  const only = { worker: [worker.name] };
  await f.prepare([source], [worker]);
  const desk = deskOf(f, [worker]);
  const guest = (n: number, note: string | null = null): OutRecord => ({
    ...f.event(source, {
      type: "Guest",
      key: `k${n}`,
      amount: n * 1000,
      at: Date.UTC(2026, 0, n + 1),
      name: `N${n}`,
      note,
    }),
    partition: n % 2,
  });
  const traced: OutRecord = {
    ...guest(0),
    headers: [["traceparent", Buffer.from(`00-${"ab".repeat(16)}-${"cd".repeat(8)}-01`)]],
  };
  await f.send([traced, ...[1, 2, 3, 4, 5, 6, 7].map((n) => guest(n)), guest(0, "fine")]);
  await f.run(worker);
  await until(
    t,
    "seven are dead",
    async () => (await f.all(`${source.name}.${worker.name}.dlq`)).length === 8,
  );
  await until(t, "the newer one is done", async () =>
    ((await f.broker.admin.committed(worker.name, [source.name])).get(source.name) ?? []).some(
      ({ partition, offset }) => partition === 0 && (offset ?? 0) >= 5,
    ),
  );

  await t.test("groups: ids and numbers in messages don't split a group", async (t) => {
    const { groups, letters } = await desk.groups(only, call);
    t.equal(letters, 8);
    t.match(groups, [
      { worker: worker.name, error: "Permanent", stage: "handle", open: 8, topics: [source.name] },
    ]);
    t.equal(groups.length, 1);
    t.equal(
      groups[0]?.trend.reduce((sum, n) => sum + n),
      8,
    );
    t.equal(groups[0]?.retention, 30 * 24 * 3600_000);
  });

  const all = await desk.list(only, { limit: 100 }, call);
  await t.test("list: pages in order, each letter once", async (t) => {
    t.equal(all.letters.length, 8);
    t.equal(all.next, undefined);
    const paged: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await desk.list(only, { limit: 3, ...(after !== undefined && { after }) }, call);
      paged.push(...page.letters.map(({ letter }) => letter));
      if (page.next === undefined) break;
      after = page.next;
    }
    t.same(
      paged,
      all.letters.map(({ letter }) => letter),
    );
    await t.rejects(desk.list(only, { limit: 0 }, call), { code: "invalid-filter" });
  });

  await t.test("list: an expression sees longs, timestamps, letters and headers", async (t) => {
    const keys = async (where: string) =>
      (await desk.list({ ...only, where }, { limit: 100 }, call)).letters.map(({ key }) => key).sort();
    t.same(await keys("event.amount > 5000"), ["k6", "k7"]);
    t.same(await keys("event.amount == 1000.0"), ["k1"]);
    t.same(await keys('event.at < timestamp("2026-01-03T00:00:00Z")'), ["k0", "k1"]);
    t.same(await keys('event.type == "Guest" && letter.attempts == 1 && event.name in ["N1", "N2"]'), [
      "k1",
      "k2",
    ]);
    t.same(await keys('"traceparent" in headers'), ["k0"]);
    t.same(await keys('event["missing"] == 1'), [], "what lacks a field doesn't match");
    t.same(
      await keys("letter.attempts == 1 || event.missing == 1"),
      await keys("true"),
      "nor is it in the way",
    );
    await t.rejects(keys("event.note == null && event.naem == 'x'"), {
      code: "invalid-filter",
      message: /no event has a field 'naem': did you mean 'name'\?/,
    });
    t.same(await keys("event.note > 5"), [], "a null doesn't compare");
    await t.rejects(keys("event.amount >"), { code: "invalid-filter", message: /event\.amount >/ });
    await t.rejects(keys("event.name > 5"), { code: "invalid-filter", message: /at character/ });
  });

  await t.test("an expression of who may not see personal fields doesn't either", async (t) => {
    const blind = { ...call, hidesPersonal: true };
    const filter = { ...only, where: 'event.name == "N1"' };
    t.equal((await desk.list(filter, { limit: 5 }, call)).letters.length, 1);
    const refused = { code: "invalid-filter", message: /asks for 'name', which is personal/ };
    await t.rejects(desk.list(filter, { limit: 5 }, blind), refused);
    await t.rejects(desk.groups(filter, blind), refused);
    await t.rejects(desk.plan({ filter, reason: "guess" }, blind), refused);
    const other = { ...only, where: "event.amount > 5000" };
    t.equal((await desk.list(other, { limit: 5 }, blind)).letters.length, 2);
  });

  await t.test("show: decoded and masked, history, newer events, trace", async (t) => {
    const first = all.letters.find(({ key }) => key === "k0")?.letter ?? "";
    const detail: LetterDetail = await desk.show(first, {}, call);
    t.match(detail.decoded, {
      ok: true,
      record: "test.Guest",
      event: { key: "k0", name: "***" },
      masked: ["name"],
    });
    t.equal(detail.raw, undefined);
    t.equal(detail.traceId, "ab".repeat(16));
    t.same(
      detail.history.map(({ what }) => what),
      ["first failed", "dead letter"],
    );
    t.match(detail.newer, [{ id: `${source.name}-0-4`, record: "test.Guest" }]);
    const seen = await desk.show(first, { personal: true, newer: false }, call);
    t.match(seen.decoded, { event: { name: "N0" }, masked: [] });
    t.equal(seen.newer, "not asked");
    t.ok(seen.raw?.value);
    const looks = await desk.audit({ letter: first }, call);
    t.match(looks, [{ action: "look", by: "ann" }]);
    t.equal(looks.length, 1, "only the look at personal fields is recorded");
    await t.rejects(desk.show(`${source.name}.x.dlq-0-0`, {}, call), { code: "no-such-letter" });
    await t.rejects(desk.show(`${source.name}-0-0`, {}, call), { code: "no-such-letter" }, "no DLQ");
  });

  await t.test("plan: freezes what is open, judges it, and leaves later arrivals out", async (t) => {
    const gone = all.letters.find(({ key }) => key === "k7")?.letter ?? "";
    const state = printState({ outcome: "discarded", by: "ann", reason: "test", time: 1 });
    await f.send([{ topic: DEAD_LETTERS, key: Buffer.from(gone), value: state, headers: [] }]);
    const plan = await desk.plan({ filter: only, reason: "seats are back", rate: 7 }, call);
    t.match(plan, {
      by: "ann",
      letters: 7,
      notOpen: 1,
      capped: 0,
      undecodable: [],
      overtaken: { letters: 1, unknown: 0 },
      expiring: 0,
      expectedMs: 1000,
      targets: [
        { to: `${source.name}.${worker.name}.replay`, letters: 7, partitions: [0, 1], otherGroups: [] },
      ],
    });
    t.match(plan.overtaken, { samples: [all.letters.find(({ key }) => key === "k0")?.letter ?? ""] });
    await f.send([guest(8)]);
    await until(
      t,
      "another one is dead",
      async () => (await desk.list(only, { limit: 10 }, call)).letters.length === 8,
    );
    t.same(await desk.planOf(plan.plan, call), plan);
    t.ok((await desk.plans(call)).some((each) => each.plan === plan.plan));
    await t.rejects(desk.planOf("none", call), { code: "no-such-plan" });
    const store = planStore(f.broker);
    await store.log.catchUp(call.signal);
    const frozen = [...lettersOf(await store.log.frozen(plan.plan))];
    t.equal(frozen.length, 7);
    t.notOk(frozen.includes(gone));
    t.match(await desk.plan({ filter: only, reason: "r", limit: 2, skipOrderCheck: true }, call), {
      letters: 2,
      overtaken: "not checked",
    });
  });

  await t.test("plan to the source: names every other group that would see the records", async (t) => {
    const other = f.unique("other-group");
    const producer = f.broker.transactional(f.unique("tx"));
    await producer.fence();
    await producer.commit(other, [], [{ topic: source.name, partition: 0, offset: 1, metadata: "" }]);
    await committedOf(f.broker, other, source.name, 1);
    const plan = await desk.plan({ filter: only, to: "source", reason: "r", skipOrderCheck: true }, call);
    t.match(plan.targets, [{ to: source.name, otherGroups: [other] }]);
    t.equal(plan.targets[0]?.otherGroups.length, 1, "the worker itself is not another one");
  });

  await t.test("export: every byte of a letter", async (t) => {
    const rows = [];
    for await (const row of desk.export({ ...only, outcomes: "all" }, call)) rows.push(row);
    const records = await f.all(`${source.name}.${worker.name}.dlq`);
    t.same(
      rows.map(({ partition, offset, timestamp, key, value, headers }) => [
        partition,
        offset,
        timestamp,
        key,
        value,
        headers,
      ]),
      records.map((each: KafkaRecord) => [
        each.partition,
        each.offset,
        each.timestamp,
        each.key?.toString("base64") ?? null,
        each.value?.toString("base64") ?? null,
        each.headers.map(([name, value]) => [name, value?.toString("base64") ?? null]),
      ]),
    );
    t.equal(rows[0]?.cluster, await f.broker.admin.clusterId());
    const looks = (await desk.audit({ by: call.by }, call)).filter(
      ({ action, text }) => action === "look" && text?.includes(worker.name),
    );
    t.match(looks, [{ reason: "export" }], "it shows personal fields, so it is a look");
  });

  await t.test("groups: counts what became of letters beside the open ones", async (t) => {
    const { groups, letters } = await desk.groups(only, call);
    t.match(groups, [{ open: 8, discarded: 1 }]);
    t.equal(letters, 8);
    t.match((await desk.groups({ ...only, outcomes: ["processed"] }, call)).groups, []);
  });
});

t.test(
  "readingDesk() tells what can't be decoded, whose worker is gone, and what came from elsewhere",
  async (t) => {
    const f = await fleet(t);
    const source = noteTopic(f.unique("odd"), 1);
    const worker = defineWorker({ name: f.unique("reader"), reads: [from(source, Note)], handle() {} });
    const former = f.unique("former");
    await f.prepare([source], [worker]);
    const dlq = `${source.name}.${worker.name}.dlq`;
    const orphan = `${source.name}.${former}.dlq`;
    await f.broker.admin.createTopics([{ name: orphan, partitions: 1, config: {} }]);
    const note = f.note(source, { key: "k", n: 1 }).value ?? Buffer.alloc(0);
    const put = (topicName: string, value: Buffer | null, sourceName = source.name): OutRecord => ({
      topic: topicName,
      partition: 0,
      key: Buffer.from("k"),
      value,
      headers: withOurs([], { id: { topic: sourceName, partition: 0, offset: 0 }, stage: "decode" }),
    });
    await f.send([f.note(source, { key: "k", n: 0 })]);
    const unknownId = Buffer.from([0, 0x7f, 0xff, 0xff, 0xf0, 1]);
    await f.send([
      put(dlq, note),
      put(dlq, Buffer.concat([note, Buffer.from([1, 2, 3])])),
      put(dlq, unknownId),
      put(dlq, Buffer.from("plain text")),
      put(dlq, Buffer.alloc(0)),
      put(dlq, null),
      put(dlq, note, `cluster.${source.name}`),
      put(orphan, note),
    ]);
    const desk = deskOf(f, [worker]);
    const decoded = async (letter: string) => (await desk.show(letter, { newer: false }, call)).decoded;
    t.match(await decoded(`${dlq}-0-0`), { ok: true, event: { key: "k", n: 1 } });
    t.match(await decoded(`${dlq}-0-1`), { ok: false, error: "CorruptPayload" });
    t.match(await decoded(`${dlq}-0-2`), { ok: false, error: "UnknownSchemaId" });
    t.match(await decoded(`${dlq}-0-3`), { ok: false, error: "Unframed", schemaId: undefined });
    t.match(await decoded(`${dlq}-0-4`), { ok: false, error: "Unframed" });
    t.match(await decoded(`${dlq}-0-5`), { ok: false, error: "Tombstone" });
    t.match(await decoded(`${orphan}-0-0`), { ok: true, writer: true, record: "test.Note", event: { n: 1 } });
    t.equal((await desk.show(`${dlq}-0-6`, {}, call)).newer, "unknown", "its log is another cluster's");
    const plan = await desk.plan({ filter: { topic: [source.name] }, reason: "r" }, call);
    t.equal(plan.letters, 8);
    t.same(
      plan.undecodable.map(({ letters, sample }) => `${letters} ${sample}`).sort(),
      [...[1, 2, 3, 4].map((offset) => `1 ${dlq}-0-${offset}`), `1 ${orphan}-0-0`].sort(),
    );
    t.match(plan.undecodable.find(({ sample }) => sample.startsWith(orphan))?.reason, /no worker/);
    t.match(plan.overtaken, { letters: 0, unknown: 1 });
    const { letters } = await desk.list({ topic: [source.name], where: "event.n == 1" }, { limit: 10 }, call);
    t.same(
      letters.map(({ letter }) => letter),
      [`${orphan}-0-0`, `${dlq}-0-0`, `${dlq}-0-6`].sort(),
      "what can't be decoded doesn't match",
    );
    t.same(
      [...lettersOf(await desk.select({ letters: [`${dlq}-0-3`, `${dlq}-0-99`] }, call))],
      [...lettersOf(freeze([{ dlq, partition: 0, offset: 3 }]))],
    );
  },
);
