import t from "tap";
import { changeLetters, discarded, restored } from "../../../workers/_letters/change-letters.ts";
import { openLetters } from "../../../workers/_letters/count-open.ts";
import { knownStates } from "../../../workers/_letters/known-states.ts";
import type { OutRecord } from "../../../workers/_runtime/record.ts";
import { type Fleet, fleet } from "../../_support/fleet.ts";
import { call, deleteTopic, everyLetter, hands, signal } from "../../_support/letters.ts";
import { ground } from "../../_support/replay-ground.ts";

/** Counts in the DLQs of this test alone, on a cluster that others use. */
function counting(f: Fleet) {
  const { admin } = f.broker;
  const mine = f.unique("");
  const broker = {
    readOn: f.broker.readOn,
    admin: {
      ...admin,
      listTopics: async () =>
        (await admin.listTopics()).filter((topic) => topic.startsWith(mine) || topic.startsWith("fleet.")),
    },
  };
  return openLetters(broker, knownStates(broker));
}

t.test("openLetters() counts what is open in each DLQ, and what became of it since", async (t) => {
  const f = await fleet(t);
  const { dlq, frozen } = await ground(f, 5);
  const count = counting(f);
  const times = (await f.all(dlq)).map(({ timestamp }) => timestamp);
  const retention = 30 * 24 * 3_600_000;
  t.same(await count(signal), [{ dlq, open: 5, oldest: Math.min(...times), retention }]);
  const own = await hands(t, f);
  /** What was done can be read a moment after its transaction's end was told; one that is open holds nothing up here. */
  const counted = async () => {
    await own.states.catchUp(signal);
    return await count(signal);
  };
  const deed = { by: "ann", reason: "no use", time: Date.now() };
  const first = frozen.map(({ runs, ...part }) => ({ ...part, runs: runs.map(([at]) => [at, 1] as const) }));
  await changeLetters(own.lanes, first, { action: "discard", reason: "no use" }, discarded(deed), call);
  const [left] = await counted();
  t.equal(left?.open, 3, "the first of each partition is discarded");
  t.ok((left?.oldest ?? 0) >= Math.min(...times));
  await changeLetters(own.lanes, first, { action: "restore", reason: "oh" }, restored(deed), call);
  t.match(await counted(), [{ open: 5, oldest: Math.min(...times) }], "an old one can be open again");
  await changeLetters(own.lanes, frozen, { action: "discard", reason: "all" }, discarded(deed), call);
  t.match(await counted(), [{ dlq, open: 0, oldest: undefined }]);
});

t.test("openLetters() takes the oldest by timestamp, and forgets what retention took", async (t) => {
  const f = await fleet(t);
  const dlq = `${f.unique("kept")}.gone.dlq`;
  const config = { "retention.ms": "-1" };
  await f.prepare([], []);
  await f.broker.admin.createTopics([{ name: dlq, partitions: 1, config }]);
  const put = (): OutRecord => ({
    topic: dlq,
    partition: 0,
    key: null,
    value: Buffer.from("x"),
    headers: [],
  });
  const count = counting(f);
  t.same(await count(signal), [{ dlq, open: 0, oldest: undefined, retention: undefined }], "for ever");
  for (let n = 0; n < 4; n++) await f.send([put()]);
  const times = (await f.all(dlq)).map(({ timestamp }) => timestamp);
  t.match(await count(signal), [{ open: 4, oldest: times[0] }]);
  await f.broker.admin.deleteRecords(dlq, 0, 3);
  t.match(await count(signal), [{ open: 1, oldest: times[3] }]);
  await f.send([put()]);
  t.match(await count(signal), [{ open: 2, oldest: times[3] }], "only what is new is read");
});

t.test("openLetters() forgets a DLQ that is gone, and begins anew with one of the same name", async (t) => {
  const f = await fleet(t);
  const { dlq, frozen } = await ground(f, 6);
  t.equal(frozen.length, 2);
  const count = counting(f);
  t.match(await count(signal), [{ dlq, open: 6 }]);
  await deleteTopic(t, f, dlq);
  t.same(await count(signal), []);
  await f.broker.admin.createTopics([{ name: dlq, partitions: 1, config: {} }]);
  await f.send([{ topic: dlq, partition: 0, key: null, value: null, headers: [] }]);
  t.match(await count(signal), [{ dlq, open: 1 }]);
  t.equal((await everyLetter(f, dlq)).length, 1);
});

t.test("openLetters() throws while the broker is away, and counts all afterwards", async (t) => {
  const f = await fleet(t);
  const { dlq } = await ground(f, 3);
  let away = true;
  const { admin, readOn } = f.broker;
  const broker = {
    admin: { ...admin, listTopics: async () => [dlq] },
    readOn: async (...args: Parameters<typeof readOn>) => {
      if (away) throw new Error("away");
      return await readOn(...args);
    },
  };
  const count = openLetters(broker, knownStates(f.broker));
  await t.rejects(count(signal), { message: "away" });
  away = false;
  t.match(await count(signal), [{ dlq, open: 3 }]);
});
