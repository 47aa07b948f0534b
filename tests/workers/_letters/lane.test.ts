import t from "tap";
import { createLanes, openLane } from "../../../workers/_letters/lane.ts";
import type { LetterState } from "../../../workers/_letters/state.ts";
import { type Broker, TransactionFailed } from "../../../workers/_runtime/broker.ts";
import { DEAD_LETTERS } from "../../../workers/_runtime/copies.ts";
import { fleet, noteTopic } from "../../_support/fleet.ts";
import { hands, signal } from "../../_support/letters.ts";

const discard = (letter: string, by: string) => (stateOf: (letter: string) => LetterState) => {
  const before = stateOf(letter);
  const state = { outcome: "discarded" as const, by, reason: "", time: 1 };
  return before.outcome === "open"
    ? { records: [], states: [[letter, state] as const], answer: "did" }
    : { records: [], states: [], answer: before.outcome };
};

t.test(
  "act() of two processes on one lane at once: one does it, the other sees that it is done",
  async (t) => {
    const f = await fleet(t);
    await f.prepare([noteTopic(f.unique("any"), 1)], []);
    const [one, two] = [await hands(t, f), await hands(t, f)];
    const dlq = f.unique("x.w.dlq");
    for (let n = 0; n < 10; n++) {
      const letter = `${dlq}-0-${n}`;
      const answers = await Promise.all([
        one.lanes.of(dlq, 0).act(discard(letter, "one"), signal),
        two.lanes.of(dlq, 0).act(discard(letter, "two"), signal),
      ]);
      t.same(answers.toSorted(), ["did", "discarded"]);
    }
    const written = (await f.all(DEAD_LETTERS)).filter(({ key }) => key?.toString().startsWith(dlq));
    t.equal(written.length, 10, "each once");
  },
);

t.test("act() that was fenced between decision and end decides again by what the other wrote", async (t) => {
  const f = await fleet(t);
  await f.prepare([noteTopic(f.unique("any"), 1)], []);
  const [one, two] = [await hands(t, f), await hands(t, f)];
  const dlq = f.unique("x.w.dlq");
  const letter = `${dlq}-0-7`;
  const lane = one.lanes.of(dlq, 0);
  await lane.act(discard(`${dlq}-0-1`, "one"), signal);
  t.equal(await two.lanes.of(dlq, 0).act(discard(letter, "two"), signal), "did");
  let decisions = 0;
  const answer = await lane.act((stateOf) => {
    decisions++;
    return discard(letter, "one")(stateOf);
  }, signal);
  t.equal(answer, "discarded", "though its own knowledge was old");
  t.equal(decisions, 2);
});

t.test("act() whose end is unknown looks whether it happened before it acts again", async (t) => {
  const f = await fleet(t);
  await f.prepare([noteTopic(f.unique("any"), 1)], []);
  const own = await hands(t, f);
  const dlq = f.unique("x.w.dlq");
  const letter = `${dlq}-0-0`;
  for (const happens of [true, false]) {
    let lost = 0;
    const broker: Broker = {
      ...own.broker,
      transactional(id) {
        const real = own.broker.transactional(id);
        return {
          ...real,
          async commit(...args) {
            if (lost++ > 0) return await real.commit(...args);
            if (happens) await real.commit(...args);
            throw new TransactionFailed("unknown", "the answer was lost");
          },
        };
      },
    };
    const lane = openLane(broker, own.states, `${dlq}-${happens}`);
    t.teardown(() => lane.close());
    const name = `${letter}${happens ? 1 : 2}`;
    const answer = await lane.act(discard(name, "one"), signal);
    t.equal(answer, happens ? "discarded" : "did");
    // What was written can be read a moment after its transaction's end was told.
    await own.states.catchUp(signal);
    const written = (await f.all(DEAD_LETTERS)).filter(({ key }) => key?.toString() === name);
    t.equal(written.length, 1, "once");
  }
});

t.test("act() tells a refusal, and the lane goes on", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("any"), 1);
  await f.prepare([source], []);
  const own = await hands(t, f);
  const dlq = f.unique("x.w.dlq");
  const lane = own.lanes.of(dlq, 0);
  const { randomBytes } = await import("node:crypto");
  const large = { topic: source.name, partition: 0, key: null, value: randomBytes(2_000_000), headers: [] };
  await t.rejects(
    lane.act(() => ({ records: [large], states: [], answer: 0 }), signal),
    { name: "TransactionFailed", kind: "refused" },
  );
  t.equal(await lane.act(discard(`${dlq}-0-0`, "one"), signal), "did");
});

t.test("act() refuses by what stands now, not by what its process did a while ago", async (t) => {
  const f = await fleet(t);
  await f.prepare([noteTopic(f.unique("any"), 1)], []);
  const [one, two] = [await hands(t, f), await hands(t, f)];
  const dlq = f.unique("x.w.dlq");
  const letter = `${dlq}-0-0`;
  t.equal(await one.lanes.of(dlq, 0).act(discard(letter, "one"), signal), "did");
  const open = { outcome: "open", restored: { by: "two", reason: "", time: 2 } } as const;
  await two.lanes.of(dlq, 0).act(() => ({ records: [], states: [[letter, open]], answer: 0 }), signal);
  const wanted = (stateOf: (letter: string) => LetterState) => {
    if (stateOf(letter).outcome !== "open") throw new Error("not open");
    return { records: [], states: [], answer: "open" };
  };
  t.equal(await one.lanes.of(dlq, 0).act(wanted, signal), "open");
});

t.test("close() lets what is in flight end, and nothing new begins", async (t) => {
  const f = await fleet(t);
  await f.prepare([noteTopic(f.unique("any"), 1)], []);
  const own = await hands(t, f);
  const dlq = f.unique("x.w.dlq");
  const lanes = createLanes(own.broker, own.states);
  const lane = lanes.of(dlq, 0);
  const [first, , second] = await Promise.allSettled([
    lane.act(discard(`${dlq}-0-0`, "one"), signal),
    lanes.close(),
    lane.act(discard(`${dlq}-0-1`, "one"), signal),
  ]);
  t.match(first, { status: "fulfilled", value: "did" });
  t.match(second, { status: "rejected", reason: /lets go/ });
  t.throws(() => lanes.of(dlq, 1), { message: /lets go/ });
});
