import t from "tap";
import { defineWorker, from } from "../../../workers/_runtime/mod.ts";
import { fleet, Note, noteTopic, until } from "../../_support/fleet.ts";

t.test(
  "what runs beyond the shutdown's deadline is abandoned: aborted, not written, run again as the same attempt",
  async (t) => {
    const f = await fleet(t, { SHUTDOWN_DEADLINE: "300ms" });
    const source = noteTopic(f.unique("slow"), 1);
    const started: string[] = [];
    let slow = true;
    const worker = defineWorker({
      name: f.unique("busy"),
      reads: [from(source, Note)],
      retry: ["100ms"],
      async handle({ n }, { attempt, signal }) {
        started.push(`${n}/${attempt}`);
        if (!slow || n === 1) return;
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        // One comes to an end after all, the other fails of it: neither counts any more.
        signal.addEventListener("abort", () => (n === 2 ? resolve() : reject(signal.reason)));
        await promise;
      },
    });
    await f.prepare([source], [worker]);
    await f.send([1, 2, 3].map((n) => f.note(source, { key: `k${n}`, n })));
    const first = await f.run(worker);
    await until(t, "all have started", () => started.length === 3);
    // Else it would be run again, too.
    await until(t, "what ended is committed", async () => {
      const committed = await f.broker.admin.committed(worker.name, [source.name]);
      return committed.get(source.name)?.[0]?.offset === 1;
    });
    const before = performance.now();
    await first.stop();
    // A timer's clock counts whole milliseconds.
    t.ok(performance.now() - before >= 299, "it had its time");
    slow = false;
    await f.run(worker);
    await until(t, "the successor ran what was abandoned", () => started.length >= 5);
    t.same(started.slice(3).toSorted(), ["2/1", "3/1"], "and nothing else");
    for (const topic of ["retry.100ms", "dlq"])
      t.same(await f.all(`${source.name}.${worker.name}.${topic}`), []);
  },
);
