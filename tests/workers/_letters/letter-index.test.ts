import t from "tap";
import { letterId, rowOf } from "../../../workers/_letters/letter.ts";
import { letterIndex } from "../../../workers/_letters/letter-index.ts";
import { OPEN } from "../../../workers/_letters/state.ts";
import { withOurs } from "../../../workers/_runtime/headers.ts";
import type { Header, OutRecord } from "../../../workers/_runtime/record.ts";
import { fleet } from "../../_support/fleet.ts";
import { deleteTopic, signal } from "../../_support/letters.ts";

t.test("letterIndex() makes a letter of every record that lies in a DLQ, whoever wrote it", async (t) => {
  const f = await fleet(t);
  const source = f.unique("odd");
  const dlq = `${source}.gone.dlq`;
  await f.broker.admin.createTopics([{ name: dlq, partitions: 2, config: { "retention.ms": "3600000" } }]);
  const id = { topic: source, partition: 0, offset: 7 };
  const good = withOurs([["a", null]], {
    id,
    time: 5,
    attempt: 3,
    firstFailed: 6,
    stage: "handle",
    error: "Permanent",
    reason: "no",
    fingerprint: "abcdefabcdef",
    worker: "gone",
    build: "b1",
    replay: "p",
    replays: 2,
    letter: { topic: dlq, partition: 1, offset: 0 },
  });
  const put = (key: Buffer | null, value: Buffer | null, headers: readonly Header[]): OutRecord => ({
    topic: dlq,
    partition: 0,
    key,
    value,
    headers,
  });
  const notUtf8 = Buffer.from([0xff, 0x00, 0x80]);
  await f.send([
    put(Buffer.from("k"), Buffer.from("value"), good),
    put(null, null, good),
    put(notUtf8, Buffer.alloc(0), [["bo-id", Buffer.from("nonsense")], ...good]),
    put(Buffer.from("base64:AA=="), Buffer.from("x"), [...good, ["bo-attempt", Buffer.from("9")]]),
    put(Buffer.alloc(0), Buffer.from("by hand"), []),
    put(Buffer.from("k"), Buffer.from("v"), [["huge", Buffer.alloc(300_000, 0xff)], ...good]),
  ]);
  const index = letterIndex(f.broker);
  await index.refresh(signal);
  const rows = [...index.letters()]
    .filter((letter) => letter.dlq === dlq)
    .map((letter) => rowOf(letter, OPEN, index.retentionOf(dlq)));
  t.match(rows[0], {
    letter: `${dlq}-0-0`,
    worker: "gone",
    topic: source,
    partition: 0,
    id: `${source}-0-7`,
    key: "k",
    stage: "handle",
    error: "Permanent",
    reason: "no",
    fingerprint: "abcdefabcdef",
    attempts: 3,
    replays: 2,
    firstFailed: 6,
    bytes: 5,
    outcome: "open",
    edited: false,
    plan: "p",
    build: "b1",
    before: `${dlq}-1-0`,
  });
  t.equal(rows[0]?.malformed, undefined);
  t.equal(rows[0]?.expiresAt, (rows[0]?.diedAt ?? 0) + 3_600_000);
  t.same(
    rows.map(({ key }) => key),
    ["k", null, `base64:${notUtf8.toString("base64")}`, "base64:YmFzZTY0OkFBPT0=", "", "k"],
    "every key can be told from every other",
  );
  t.same(
    rows.map(({ bytes }) => bytes),
    [5, null, 0, 1, 7, 1],
  );
  t.match(rows[2], { id: `${source}-0-7`, malformed: /'bo-id'.*nonsense/, attempts: 3 });
  t.match(rows[3], { malformed: /'bo-attempt'.*twice/, attempts: 3 }, "the first counts");
  t.match(rows[4], {
    id: undefined,
    stage: "unknown",
    fingerprint: "unknown",
    malformed: /'bo-id' is missing/,
  });
});

t.test("letterIndex() reads only what is new, and drops what retention took", async (t) => {
  const f = await fleet(t);
  const dlq = `${f.unique("kept")}.w.dlq`;
  const config = { "retention.ms": "-1" };
  await f.broker.admin.createTopics([{ name: dlq, partitions: 1, config }]);
  const put = (n: number): OutRecord => ({
    topic: dlq,
    partition: 0,
    key: Buffer.from(`k${n}`),
    value: null,
    headers: [],
  });
  const reads: number[] = [];
  const index = letterIndex({
    admin: f.broker.admin,
    readOn(topic, partition, offset, maxBytes) {
      if (topic === dlq) reads.push(offset);
      return f.broker.readOn(topic, partition, offset, maxBytes);
    },
  });
  const own = () => [...index.letters()].filter((letter) => letter.dlq === dlq);
  await f.send([0, 1, 2].map(put));
  await index.refresh(signal);
  t.equal(index.retentionOf(dlq), undefined, "kept for ever");
  await f.send([3, 4].map(put));
  await index.refresh(signal);
  t.same(reads, [0, 3]);
  t.same(
    own().map(({ offset }) => offset),
    [0, 1, 2, 3, 4],
  );
  await f.broker.admin.deleteRecords(dlq, 0, 2);
  await index.refresh(signal);
  t.same(
    own().map(letterId),
    [2, 3, 4].map((offset) => `${dlq}-0-${offset}`),
  );
  t.equal(index.at(dlq, 0, 3)?.offset, 3);
  t.equal(index.at(dlq, 0, 1), undefined);
  await deleteTopic(t, f, dlq);
  await index.refresh(signal);
  t.same(own(), []);
});

t.test("letterIndex() passes over what retention takes while it reads", async (t) => {
  const f = await fleet(t);
  const dlq = `${f.unique("moving")}.w.dlq`;
  await f.broker.admin.createTopics([{ name: dlq, partitions: 1, config: { "retention.ms": "-1" } }]);
  const put = (n: number): OutRecord => ({
    topic: dlq,
    partition: 0,
    key: Buffer.from(`k${n}`),
    value: null,
    headers: [],
  });
  for (let n = 0; n < 6; n++) await f.send([put(n)]);
  let moved = false;
  const index = letterIndex({
    admin: f.broker.admin,
    async readOn(topic, partition, offset, maxBytes) {
      if (topic !== dlq) return f.broker.readOn(topic, partition, offset, maxBytes);
      if (!moved && offset > 0) {
        moved = true;
        await f.broker.admin.deleteRecords(dlq, 0, 4);
      }
      // A batch at a time, so that the scan has a middle.
      return f.broker.readOn(topic, partition, offset, 1);
    },
  });
  await index.refresh(signal);
  await index.refresh(signal);
  const own = [...index.letters()].filter((letter) => letter.dlq === dlq);
  t.same(
    own.map(({ offset }) => offset),
    [4, 5],
  );
});
