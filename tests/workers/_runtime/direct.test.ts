import t from "tap";
import { decodeDoneMap } from "../../../workers/_runtime/done-map.ts";
import { defineWorker, from } from "../../../workers/_runtime/mod.ts";
import { fleet, Note, noteTopic, until } from "../../_support/fleet.ts";

t.test(
  "records that are through at once behind one that hangs are not run again by the next owner",
  async (t) => {
    const f = await fleet(t, { SHUTDOWN_DEADLINE: "200ms" });
    const source = noteTopic(f.unique("direct"), 1);
    const name = f.unique("quick");
    const seen: number[] = [];
    const build = (hangs: boolean) =>
      defineWorker({
        name,
        reads: [from(source, Note)],
        handle(event, { signal }) {
          seen.push(event.n);
          if (!hangs || event.n % 10 !== 0) return;
          return new Promise<void>((_, reject) =>
            signal.addEventListener("abort", () => reject(signal.reason)),
          );
        },
      });
    await f.prepare([source], [build(true)]);
    await f.send(Array.from({ length: 60 }, (_, n) => f.note(source, { key: `k${n}`, n })));
    const first = await f.run(build(true));
    await until(t, "all were started", () => seen.length === 60);
    await until(t, "all that are through are in the committed done map", async () => {
      const committed = await f.broker.admin.committed(name, [source.name]);
      const runs = decodeDoneMap(0, committed.get(source.name)?.[0]?.metadata ?? "");
      return runs.reduce((sum, { from: first, to }) => sum + to - first, 0) === 54;
    });
    await first.stop();
    seen.length = 0;
    await f.run(build(false));
    await until(t, "those that hung were run again", () => seen.length >= 6);
    await new Promise((resolve) => setTimeout(resolve, 500));
    t.same(seen, [0, 10, 20, 30, 40, 50]);
  },
);

t.test(
  "handlers that now and then return a promise, fail or emit keep the order of keys and of events",
  async (t) => {
    const f = await fleet(t);
    const source = noteTopic(f.unique("in"), 2);
    const out = noteTopic(f.unique("out"), 2);
    const seen = new Map<string, number[]>();
    const worker = defineWorker({
      name: f.unique("moody"),
      reads: [from(source, Note)],
      emits: [out],
      retry: ["100ms"],
      handle(event, { emit, attempt }) {
        const handled = () => {
          seen.set(event.key, [...(seen.get(event.key) ?? []), event.n]);
          if (event.n % 3 === 0) emit(out, event);
        };
        if (event.n % 97 === 0 && attempt === 1) throw new Error("sown");
        if (event.n % 5 !== 0) return handled();
        return new Promise<void>((resolve) => setTimeout(resolve, 2)).then(handled);
      },
    });
    await f.prepare([source, out], [worker]);
    await f.send(Array.from({ length: 3_000 }, (_, n) => f.note(source, { key: `k${n % 40}`, n })));
    await f.run(worker);
    const count = () => [...seen.values()].reduce((sum, each) => sum + each.length, 0);
    await until(t, "all were handled", () => count() === 3_000);
    await until(t, "all events are out", async () => (await f.all(out.name)).length === 1_000);
    for (const [key, ns] of seen)
      t.same(
        ns,
        [...ns].sort((a, b) => a - b),
        `order of ${key}`,
      );
    const events = new Map<string, number[]>();
    for (const { key, value } of await f.all(out.name)) {
      const name = key?.toString() ?? "";
      // n is the first field after the key: a zigzag varint behind frame, length and key.
      let shift = 1;
      let n = 0;
      for (const byte of value?.subarray(5 + 1 + name.length) ?? []) {
        n += (byte & 0x7f) * shift;
        shift *= 128;
        if (byte < 0x80) break;
      }
      events.set(name, [...(events.get(name) ?? []), n / 2]);
    }
    for (const [key, ns] of events)
      t.same(
        ns,
        [...ns].sort((a, b) => a - b),
        `order of the events of ${key}`,
      );
  },
);
