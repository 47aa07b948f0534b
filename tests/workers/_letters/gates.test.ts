import t from "tap";
import { Gates } from "../../../workers/_letters/gates.ts";

const quiet = { undone: 0, doneOfLate: undefined, live: 0, liveRate: 0 };

/** How many go at once; 0 when they have to wait. */
async function take(gate: ReturnType<Gates["of"]>, most: number): Promise<number> {
  return await gate.take(most, AbortSignal.timeout(50)).catch(() => 0);
}

t.test("Gates lets nothing through before it knows how many copies lie there", async (t) => {
  const gates = new Gates(undefined, true);
  const gate = gates.of("x.w.dlq");
  t.equal(await take(gate, 10), 0);
  gates.measured("x.w.dlq", { ...quiet, undone: 450 });
  t.equal(await take(gate, 100), 50, "what another replayer left");
  t.equal(await take(new Gates(undefined, false).of("x.w.dlq"), 10), 10, "unpaced");
});

t.test("Gates counts what a measurement could not see yet", async (t) => {
  const gates = new Gates(undefined, true);
  const gate = gates.of("x.w.dlq");
  gates.measured("x.w.dlq", quiet);
  t.equal(await take(gate, 300), 300);
  gates.measuring();
  t.equal(await take(gate, 100), 100);
  gates.measured("x.w.dlq", quiet);
  t.equal(await take(gate, 1_000), 100, "400 of 500 are on the way");
  gate.settle(300, 290);
  t.equal(await take(gate, 1_000), 10, "what was not sent may go to others");
  gate.settle(100, 100);
  gate.settle(100, 100);
  gate.settle(10, 10);
  gates.measuring();
  gates.measured("x.w.dlq", { ...quiet, undone: 500 });
  t.equal(await take(gate, 1), 0, "once, not twice");
  gates.measuring();
  gates.measured("x.w.dlq", { ...quiet, undone: 480 });
  t.equal(await take(gate, 100), 20);
});

t.test("Gates holds all while it is told to, and no rate makes up for it afterwards", async (t) => {
  let now = 0;
  const gates = new Gates(1_000, false, () => now);
  const gate = gates.of("x.w.dlq");
  gates.hold(true);
  now += 300;
  t.equal(await take(gate, 10), 0);
  gates.hold(false);
  t.equal(await take(gate, 1_000), 0);
  now += 60;
  t.equal(await take(gate, 1_000), 60);
});

t.test("Gates obeys another cap in mid-job, and none", async (t) => {
  const SLOW = 0.001;
  const gates = new Gates(SLOW, false);
  const gate = gates.of("x.w.dlq");
  const soon = () => AbortSignal.timeout(30_000);
  gates.throttle(1_000);
  t.ok((await gate.take(100, soon())) >= 50, "faster: the first one would take a quarter of an hour");
  gates.throttle(undefined);
  t.equal(await gate.take(1_000_000, soon()), 1_000_000, "no cap at all");
  gates.throttle(SLOW);
  await t.rejects(gate.take(1, AbortSignal.timeout(200)), { name: "TimeoutError" }, "slow again");
});
