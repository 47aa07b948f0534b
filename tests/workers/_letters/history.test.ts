import t from "tap";
import { knownStates, planStore, readingDesk } from "../../../workers/_letters/mod.ts";
import { printState } from "../../../workers/_letters/states.ts";
import { DEAD_LETTERS } from "../../../workers/_runtime/copies.ts";
import { withOurs } from "../../../workers/_runtime/headers.ts";
import { defineWorker, from } from "../../../workers/_runtime/mod.ts";
import { connectRegistry } from "../../../workers/_runtime/registry.ts";
import { fleet, Note, noteTopic } from "../../_support/fleet.ts";
import { call } from "../../_support/letters.ts";

t.test("show() tells a record's life over all the letters it was, from whichever of them", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("life"), 1);
  const worker = defineWorker({ name: f.unique("w"), reads: [from(source, Note)], handle() {} });
  await f.prepare([source], [worker]);
  const dlq = `${source.name}.${worker.name}.dlq`;
  const value = f.note(source, { key: "k", n: 1 }).value;
  const died = (replays: number, before: number | undefined) => ({
    topic: dlq,
    partition: 0,
    key: Buffer.from("k"),
    value,
    headers: withOurs([], {
      id: { topic: source.name, partition: 0, offset: 0 },
      attempt: 2,
      firstFailed: 1_000,
      stage: "handle",
      error: "Permanent",
      reason: "no seat",
      ...(before !== undefined && {
        replays,
        replay: `p${replays}`,
        letter: { topic: dlq, partition: 0, offset: before },
      }),
    }),
  });
  const say = (offset: number, state: Parameters<typeof printState>[0]) => ({
    topic: DEAD_LETTERS,
    key: Buffer.from(`${dlq}-0-${offset}`),
    value: printState(state),
    headers: [],
  });
  const ended = { worker: worker.name, id: `${source.name}-0-0` };
  // After the letters' own times, however long it takes to send them.
  const now = Date.now() + 3_600_000;
  await f.send([
    died(0, undefined),
    { ...died(0, undefined), key: Buffer.from("another") },
    died(1, 0),
    died(2, 2),
  ]);
  await f.send([
    say(0, { outcome: "dead again", plan: "p1", replays: 1, time: now, ...ended }),
    say(2, { outcome: "dead again", plan: "p2", replays: 2, time: now + 1, ...ended }),
    say(3, { outcome: "discarded", by: "bob", reason: "hopeless", time: now + 2 }),
  ]);
  const desk = readingDesk({
    broker: f.broker,
    registry: connectRegistry(f.config.registry),
    workers: [worker],
    store: planStore(f.broker),
    states: knownStates(f.broker),
  });
  for (const offset of [0, 2, 3]) {
    const { history, before } = await desk.show(`${dlq}-0-${offset}`, { newer: false }, call);
    t.equal(before, { 0: undefined, 2: `${dlq}-0-0`, 3: `${dlq}-0-2` }[offset]);
    t.same(
      history.map(({ what, letter }) => `${what} ${letter.slice(dlq.length)}`),
      [
        "first failed -0-0",
        "dead letter -0-0",
        "dead letter -0-2",
        "dead letter -0-3",
        "dead again -0-0",
        "dead again -0-2",
        "discarded -0-3",
      ],
      `from letter ${offset}`,
    );
    t.match(history.at(-1), { by: "bob", text: "hopeless" });
  }
});
