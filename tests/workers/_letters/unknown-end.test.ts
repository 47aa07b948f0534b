import t from "tap";
import { changeLetters, discarded, restored } from "../../../workers/_letters/change-letters.ts";
import { createDesk } from "../../../workers/_letters/create-desk.ts";
import { importLetters } from "../../../workers/_letters/import.ts";
import { createLanes } from "../../../workers/_letters/lane.ts";
import { type Broker, TransactionFailed } from "../../../workers/_runtime/broker.ts";
import { fleet, until } from "../../_support/fleet.ts";
import { call, hands } from "../../_support/letters.ts";
import { ground } from "../../_support/replay-ground.ts";

/** A broker whose first commit on each transactional id happens, and whose answer is lost. */
function forgetful(broker: Broker): Broker {
  const lost = new Set<string>();
  return {
    ...broker,
    transactional(id) {
      const real = broker.transactional(id);
      return {
        ...real,
        async commit(...args) {
          await real.commit(...args);
          if (lost.has(id)) return;
          lost.add(id);
          throw new TransactionFailed("unknown", "the answer was lost");
        },
      };
    },
  };
}

t.test("discard and restore whose transaction's end was unknown count what they did", async (t) => {
  const f = await fleet(t);
  const { frozen } = await ground(f, 20);
  const own = await hands(t, f);
  const act = async (action: "discard" | "restore", time: number) => {
    const lanes = createLanes(forgetful(own.broker), own.states);
    const deed = { by: "ann", reason: "r", time };
    const change = action === "discard" ? discarded(deed) : restored(deed);
    const acted = await changeLetters(lanes, frozen, { action, reason: "r" }, change, call);
    await lanes.close();
    return acted;
  };
  t.same(await act("discard", 1), { done: 20, skipped: [] });
  t.match(await act("discard", 2), { done: 0, skipped: [{ why: "discarded by ann", letters: 20 }] });
  t.same(await act("restore", 3), { done: 20, skipped: [] });
  t.match(await act("restore", 4), { done: 0, skipped: [{ why: "open", letters: 20 }] });
});

t.test("an import whose transaction's end was unknown counts what it wrote, once", async (t) => {
  const f = await fleet(t);
  const { worker, dlq } = await ground(f, 6);
  const own = await hands(t, f);
  const desk = await createDesk(f.config, { log: f.log, workers: [worker] });
  t.teardown(() => desk.close());
  const exported = await Array.fromAsync(desk.export({ worker: [worker.name] }, call));
  const cluster = f.unique("else");
  async function* elsewhere() {
    for (const letter of [...exported, ...exported.slice(0, 1)]) yield { ...letter, cluster };
  }
  const lanes = createLanes(forgetful(own.broker), own.states);
  t.teardown(() => lanes.close());
  t.match(await importLetters(own.broker, lanes, elsewhere(), { reason: "r" }, call), {
    done: 6,
    skipped: [{ why: "it was imported before", letters: 1 }],
  });
  await until(t, "all are there", async () => (await f.all(dlq)).length >= 12);
  t.equal((await f.all(dlq)).length, 12, "each once");
  t.match(await importLetters(own.broker, lanes, elsewhere(), { reason: "r" }, call), { done: 0 });
});
