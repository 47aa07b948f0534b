import pino from "pino";
import t from "tap";
import { familyOf, readTopics } from "../../../workers/_runtime/family.ts";
import { defineWorker, from } from "../../../workers/_runtime/mod.ts";
import { openPartitions } from "../../../workers/_runtime/open.ts";
import { trim } from "../../../workers/_runtime/trim.ts";
import { fleet, Note, noteTopic, until } from "../../_support/fleet.ts";
import { committedOf } from "../../_support/kafka.ts";

const log = pino({ level: "silent" });
const signal = new AbortController().signal;

t.test("trim() empties retry and replay topics up to the committed offset, the source never", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("trim"), 1);
  const done: number[] = [];
  const worker = defineWorker({
    name: f.unique("tidy"),
    reads: [from(source, Note)],
    retry: ["100ms", "1h"],
    handle(event, { attempt }) {
      if (attempt === 1 || event.text === "later") throw new Error("again");
      done.push(event.n);
    },
  });
  const family = familyOf(worker, source.name, worker.retry);
  const [quick, slow] = family.ladder.map(({ topic }) => topic);
  if (!quick || !slow) return t.fail("there are two levels");
  await f.prepare([source], [worker]);
  const notes = Array.from({ length: 20 }, (_, n) => f.note(source, { key: `k${n}`, n }));
  await f.send([...notes, f.note(source, { key: "waits", n: 99, text: "later" })]);
  await f.send([{ ...f.note(source, { key: "k1", n: 50 }), topic: family.replay, partition: 0 }]);
  const running = await f.run(worker);
  await until(t, "all is through but one", () => done.length === 21);
  await until(t, "the one waits", async () => (await f.all(slow)).length === 1);
  await running.stop();
  t.equal((await f.all(quick)).length, 22);

  const topics = readTopics(family, await f.broker.admin.listTopics());
  const open = async () => {
    const options = { broker: f.broker, groupId: worker.name, start: worker.start, log, signal };
    const [opened] = await openPartitions([{ family, topics, partition: 0 }], options);
    if (!opened) throw new Error("Cannot open the partition");
    await opened.producer.close();
    return opened;
  };
  const opened = await open();
  const owned = { opened, transactions: opened, partition: { state: "running" } };
  await trim(owned, { admin: f.broker.admin, log }, signal);
  t.same(await f.all(quick), []);
  t.same(await f.all(family.replay), []);
  t.equal((await f.all(slow)).length, 1, "what waits stays");
  t.equal((await f.all(source.name)).length, 21);
  const [{ low } = { low: -1 }] = await f.broker.admin.offsets(quick);
  t.equal(low, opened.committed.get(quick));

  // The next owner finds itself where it was; nothing is asked of the broker when nothing was done since.
  const again = await open();
  t.same(
    [...again.tracks.values()].map(({ topic, next }) => [topic, next]),
    [...opened.tracks.values()].map(({ topic, next }) => [topic, next]),
  );
  const deleteRecords = () => t.fail("there was nothing to trim") as never;
  await trim(owned, { admin: { deleteRecords }, log }, signal);
});

t.test("openPartitions() starts where the log ends, when it ends before what was committed", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("short"), 1);
  const worker = defineWorker({ name: f.unique("reader"), reads: [from(source, Note)], handle() {} });
  await f.prepare([source], [worker]);
  await f.send([f.note(source, { key: "k", n: 1 })]);
  const producer = f.broker.transactional(`${worker.name}-test`);
  await producer.fence();
  const offset = { topic: source.name, partition: 0, offset: 500, metadata: "1:AQE=" };
  await producer.commit(worker.name, [], [offset]);
  await producer.close();
  await committedOf(f.broker, worker.name, source.name, 500);
  const lines: string[] = [];
  const [opened] = await openPartitions(
    [{ family: familyOf(worker, source.name, []), topics: [source.name], partition: 0 }],
    {
      broker: f.broker,
      groupId: worker.name,
      start: "beginning",
      log: pino({}, { write: (line: string) => void lines.push(line) }),
      signal,
    },
  );
  await opened?.producer.close();
  t.equal(opened?.tracks.get(source.name)?.next, 1);
  t.match(lines.join(), /the log lost its end/);
});
