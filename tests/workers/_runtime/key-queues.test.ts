import fc from "fast-check";
import t from "tap";
import { KeyQueues, keepKey } from "../../../workers/_runtime/key-queues.ts";

const key = fc.uint8Array({ minLength: 0, maxLength: 3 }).map((bytes) => Buffer.from(bytes));

t.test("KeyQueues finds one queue a key by its bytes, whatever comes, goes and comes again", async (t) => {
  fc.assert(
    fc.property(fc.array(fc.record({ key, leaves: fc.boolean() }), { maxLength: 300 }), (script) => {
      const queues = new KeyQueues();
      const known = new Map<string, object>();
      for (const { key, leaves } of script) {
        const name = key.toString("hex");
        const queue = queues.of(Buffer.from(key));
        t.equal(known.get(name) ?? queue, queue);
        known.set(name, queue);
        if (!leaves) continue;
        queues.delete(queue);
        known.delete(name);
      }
      t.same(new Set(queues), new Set(known.values()));
    }),
  );
});

t.test("KeyQueues grows, and forgets", async (t) => {
  const queues = new KeyQueues();
  const made = Array.from({ length: 5_000 }, (_, n) => queues.of(Buffer.from(`key ${n}`)));
  t.equal(new Set(made).size, 5_000);
  made.forEach((queue, n) => {
    if (queues.of(Buffer.from(`key ${n}`)) !== queue) t.fail(`key ${n} has another queue`);
    if (n % 2 === 0) queues.delete(queue);
  });
  t.equal([...queues].length, 2_500);
  const [gone] = made;
  if (!gone) return t.fail("there is a queue");
  const newer = queues.of(Buffer.from("key 0"));
  t.not(newer, gone);
  queues.delete(gone);
  t.equal(queues.of(Buffer.from("key 0")), newer, "a queue that was forgotten takes nobody with it");
  queues.clear();
  t.same([...queues], []);
});

t.test("keepKey() lets go of what the key is a view on", async (t) => {
  const fetched = Buffer.from("a response with a key in it");
  const queues = new KeyQueues();
  const queue = queues.of(fetched.subarray(18, 21));
  keepKey(queue);
  fetched.fill(0);
  t.equal(queue.key?.toString(), "key");
  t.equal(queues.of(Buffer.from("key")), queue);
});
