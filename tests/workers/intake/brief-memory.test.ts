import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createBriefMemory } from "../../../workers/intake/brief-memory.ts";

/** A memory that counts what it loads; the answer is the count. */
function counting(forMs: number, max: number) {
  const loads: string[] = [];
  const ask = createBriefMemory({ forMs, max, load: async (key) => loads.push(key) });
  return { ask, loads };
}

t.test("a brief memory loads once for all who ask meanwhile, for each key", async (t) => {
  const { ask, loads } = counting(60_000, 10);
  t.same(await Promise.all([ask("a"), ask("a"), ask("b"), ask("a")]), [1, 1, 2, 1]);
  t.equal(await ask("a"), 1);
  t.same(loads, ["a", "b"]);
});

t.test("a brief memory loads again once its time is over", async (t) => {
  const { ask } = counting(20, 10);
  await ask("a");
  await sleep(30);
  t.equal(await ask("a"), 2);
});

t.test("a brief memory keeps no more than its bound, the newest", async (t) => {
  const { ask, loads } = counting(60_000, 2);
  for (const key of ["a", "b", "c", "b", "c", "a"]) await ask(key);
  t.same(loads, ["a", "b", "c", "a"]);
});

t.test("a brief memory does not remember a failure", async (t) => {
  let fails = true;
  const ask = createBriefMemory({
    forMs: 60_000,
    max: 10,
    load: async () => {
      if (fails) throw new Error("away");
      return 1;
    },
  });
  await t.rejects(ask("a"), { message: "away" });
  fails = false;
  t.equal(await ask("a"), 1);
});
