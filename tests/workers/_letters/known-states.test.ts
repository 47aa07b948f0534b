import t from "tap";
import { knownStates } from "../../../workers/_letters/known-states.ts";
import { OPEN } from "../../../workers/_letters/state.ts";
import { parseState, printState, standsFor } from "../../../workers/_letters/states.ts";
import { DEAD_LETTERS } from "../../../workers/_runtime/copies.ts";
import type { OutRecord } from "../../../workers/_runtime/record.ts";
import { fleet } from "../../_support/fleet.ts";
import { signal } from "../../_support/letters.ts";

t.test("parseState() reads what printState() wrote, and acts on nothing that it doesn't know", async (t) => {
  const discarded = { outcome: "discarded", by: "ann", reason: "twice", time: 1 } as const;
  t.same(parseState(printState(discarded)), discarded);
  t.equal(printState(OPEN), null);
  t.same(parseState(null), OPEN);
  const edited = { outcome: "open", edit: { by: "b", reason: "r", time: 2, value: "AA==" } } as const;
  t.same(parseState(printState(edited)), edited);
  t.match(parseState(Buffer.from('{"outcome":"archived"}')), { outcome: "discarded", reason: /archived/ });
  for (const nonsense of ["", "null", "[]", '{"outcome":7}', "{", '"open"'])
    t.equal(parseState(Buffer.from(nonsense)), undefined, nonsense);
  t.equal(standsFor({ outcome: "replaying", plan: "p", replays: 1, time: 1 }), true);
  t.equal(standsFor(discarded), false);
});

t.test("knownStates() tells the newest state of each letter, and a tombstone opens it again", async (t) => {
  const f = await fleet(t);
  await f.prepare([], []);
  const letter = f.unique("x.w.dlq-0-1");
  const put = (value: Buffer | null): OutRecord => ({
    topic: DEAD_LETTERS,
    key: Buffer.from(letter),
    value,
    headers: [],
  });
  const states = knownStates(f.broker);
  await states.catchUp(signal);
  t.same(states.of(letter), OPEN);
  await f.send([
    put(printState({ outcome: "discarded", by: "a", reason: "r", time: 1 })),
    put(Buffer.from("{")),
  ]);
  await states.catchUp(signal);
  t.equal(states.of(letter).outcome, "discarded", "what says nothing changes nothing");
  await f.send([put(null)]);
  await Promise.all([states.catchUp(signal), states.catchUp(signal), states.catchUp(signal, 0)]);
  t.same(states.of(letter), OPEN);
});

t.test("knownStates() waits for a transaction that was open when it was asked", async (t) => {
  const f = await fleet(t);
  await f.prepare([], []);
  const letter = f.unique("x.w.dlq-0-2");
  const record: OutRecord = {
    topic: DEAD_LETTERS,
    partition: 0,
    key: Buffer.from(letter),
    value: printState({ outcome: "replaying", plan: "p", replays: 1, time: 1 }),
    headers: [],
  };
  // The log as it looks while a transaction is open: the stable offset stands still, then moves.
  let looks = 0;
  const open = (await f.broker.admin.offsets(DEAD_LETTERS))[0]?.high ?? 0;
  await f.send([record]);
  const states = knownStates({
    admin: f.broker.admin,
    async readOn(topic, partition, offset, maxBytes) {
      const read = await f.broker.readOn(topic, partition, offset, maxBytes);
      if (partition !== 0 || read.next <= open || looks >= 3) return read;
      looks++;
      return { records: read.records.filter((each) => each.offset < open), next: open, stable: open };
    },
  });
  await states.catchUp(signal, 0);
  t.same(states.of(letter), OPEN, "without patience the rest is left for later");
  await states.catchUp(signal);
  t.equal(states.of(letter).outcome, "replaying");
  t.ok(looks >= 3);
});
