import t from "tap";
import { detached, Memory } from "../../../workers/_runtime/memory.ts";

t.test("Memory refuses what goes beyond its cap, until something is given back", async (t) => {
  const memory = new Memory(100);
  t.equal(memory.take(60), true);
  t.equal(memory.take(60), false);
  t.equal(memory.usedBytes, 60, "what was refused isn't counted");
  memory.give(60);
  t.equal(memory.take(100), true);
});

t.test("detached() keeps a record's bytes, not the response they were read with", async (t) => {
  const response = Buffer.alloc(1_000_000, 7);
  const view = (from: number) => response.subarray(from, from + 10);
  const place = { topic: "a", partition: 0, offset: 1, timestamp: 2 };
  const record = {
    ...place,
    key: view(0),
    value: view(10),
    headers: [
      ["h", view(20)],
      ["n", null],
    ] as const,
  };
  const own = detached(record);
  t.same(own, record);
  for (const bytes of [own.key, own.value, own.headers[0]?.[1]]) {
    t.ok(bytes && bytes.buffer.byteLength < 100_000, "on memory of its own");
  }
  t.same(detached({ ...record, key: null, value: null, headers: [] }), {
    ...place,
    key: null,
    value: null,
    headers: [],
  });
});
