import { randomBytes } from "node:crypto";
import t from "tap";
import { topic } from "../../../workers/_runtime/event.ts";
import { defineWorker, from } from "../../../workers/_runtime/mod.ts";
import { fleet, Note, until } from "../../_support/fleet.ts";
import { call, everyLetter, hands, keepPlan, letter, signal } from "../../_support/letters.ts";

t.test("a letter that the broker refuses is isolated and told; the others go", async (t) => {
  const f = await fleet(t);
  const source = topic({
    name: f.unique("small"),
    records: [Note],
    key: ({ key }) => key,
    partitions: 1,
    maxMessageBytes: 20_000,
  });
  const worker = defineWorker({ name: f.unique("w"), reads: [from(source, Note)], handle() {} });
  await f.prepare([source], [worker]);
  const dlq = `${source.name}.${worker.name}.dlq`;
  await f.send(
    Array.from({ length: 9 }, (_, n) =>
      letter(f, dlq, f.event(source, { type: "Note", key: "k", n, text: "" }), { offset: n }),
    ),
  );
  const own = await hands(t, f);
  const bad = `${dlq}-0-4`;
  // What edit() refuses, another build may have let through.
  const value = randomBytes(200_000).toString("base64");
  const edit = { by: "ann", reason: "", time: 1, value };
  await own.lanes
    .of(dlq, 0)
    .act(() => ({ records: [], states: [[bad, { outcome: "open", edit }]], answer: 0 }), signal);
  const { plan } = await keepPlan(own, await everyLetter(f, dlq));
  await own.jobs.replay(plan, { reason: "r" }, call);
  await f.run(worker);
  await own.carryOut(plan);
  t.match(await own.jobs.job(plan, call), {
    phase: "done",
    sent: 8,
    processed: 8,
    skipped: 1,
    note: /^the broker refused 1 letters, first .*: [^;]*$/,
  });
  const results = await Array.fromAsync(own.jobs.results(plan, call));
  t.match(
    results.filter(({ result }) => result !== "processed"),
    [{ letter: bad, result: "skipped", text: /refused/ }],
  );
  t.equal((await f.all(`${source.name}.${worker.name}.replay`)).length, 8);
  await until(t, "it stays open", () => own.states.of(bad).outcome === "open");
});
