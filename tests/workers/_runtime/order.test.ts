import t from "tap";
import { type KeyQueue, keyQueue } from "../../../workers/_runtime/key-queues.ts";
import {
  arrive,
  expect,
  isEmpty,
  leave,
  next,
  parksBehind,
  takeFollowers,
  wait,
} from "../../../workers/_runtime/order.ts";
import type { KafkaRecord } from "../../../workers/_runtime/record.ts";
import type { Run } from "../../../workers/_runtime/run-state.ts";
import { sourceRun } from "../../../workers/_runtime/runs.ts";
import { Track } from "../../../workers/_runtime/track.ts";

const track = new Track("a", 0, { base: 0, metadata: "", end: 0 });

function run(queue: KeyQueue, origin: number, more: Partial<Run> = {}): Run {
  const record: KafkaRecord = {
    topic: "a",
    partition: 0,
    offset: origin,
    timestamp: 0,
    key: null,
    value: null,
    headers: [],
  };
  return { ...sourceRun(track, record, queue), ...more };
}

t.test("next() runs source records one at a time, in order", async (t) => {
  const queue = keyQueue(Buffer.from("k"));
  const [a, b] = [run(queue, 1), run(queue, 2)];
  wait(queue, a);
  wait(queue, b);
  t.same(next(queue, 0), { kind: "run", run: a });
  queue.running = a;
  t.equal(next(queue, 0).kind, "idle");
  leave(queue, a);
  t.same(next(queue, 0), { kind: "run", run: b });
  leave(queue, b);
  t.equal(isEmpty(queue), true);
});

t.test("next() waits for the head's due time, whatever follows it", async (t) => {
  const queue = keyQueue(Buffer.from("k"));
  expect(queue, { origin: 1, replays: 0, due: 500, topic: "r", decided: 7 });
  expect(queue, { origin: 2, replays: 0, due: 100, topic: "r", decided: 7 });
  t.equal(next(queue, 1_000).kind, "idle", "not read back yet");
  const follower = run(queue, 2, { due: 100 });
  arrive(queue, follower, "r");
  t.equal(next(queue, 1_000).kind, "idle", "the follower's turn comes after its head");
  const head = run(queue, 1, { due: 500 });
  arrive(queue, head, "r");
  t.same(next(queue, 499), { kind: "until", due: 500 });
  t.same(next(queue, 500), { kind: "run", run: head });
  leave(queue, head);
  t.same(next(queue, 500), { kind: "run", run: follower });
});

t.test(
  "parksBehind() names the first outstanding record of a retry topic, not of the replay topic",
  async (t) => {
    const queue = keyQueue(Buffer.from("k"));
    t.equal(parksBehind(queue, 9), undefined);
    arrive(queue, run(queue, 3, { replays: 1 }), undefined);
    t.equal(parksBehind(queue, 9), undefined, "a replay is due at once: what comes later waits in memory");
    const other = keyQueue(Buffer.from("k"));
    expect(other, { origin: 3, replays: 0, due: 7, topic: "r", decided: 7 });
    t.match(parksBehind(other, 9), { topic: "r", due: 7 });
    t.equal(parksBehind(other, 2), undefined, "nothing is parked behind a later record");
  },
);

t.test("next() puts a replay before newer source records, and behind older ones", async (t) => {
  const queue = keyQueue(Buffer.from("k"));
  const [old, young, replay] = [run(queue, 1), run(queue, 9), run(queue, 5, { replays: 1 })];
  wait(queue, old);
  wait(queue, young);
  arrive(queue, replay, undefined);
  for (const expected of [old, replay, young]) {
    t.same(next(queue, 0), { kind: "run", run: expected });
    queue.running = expected;
    leave(queue, expected);
  }
  t.equal(isEmpty(queue), true);
});

t.test("arrive() matches a copy with what was announced, by origin and replay number", async (t) => {
  const queue = keyQueue(Buffer.from("k"));
  expect(queue, { origin: 5, replays: 1, due: 50, topic: "r", decided: 7 });
  expect(queue, { origin: 5, replays: 0, due: 40, topic: "r", decided: 7 });
  arrive(queue, run(queue, 5, { replays: 1, due: 50 }), "r");
  t.same(
    queue.outstanding.map(({ replays, run }) => [replays, run !== undefined]),
    [
      [0, false],
      [1, true],
    ],
  );
  arrive(queue, run(queue, 7, { due: 1 }), "r");
  t.equal(queue.outstanding.length, 3, "one that was there before us is added");
});

t.test("takeFollowers() gives the waiting ones in order and leaves none", async (t) => {
  const queue = keyQueue(Buffer.from("k"));
  const runs = Array.from({ length: 200 }, (_, i) => run(queue, i));
  for (const each of runs) wait(queue, each);
  const [head, ...followers] = runs;
  if (!head) return t.fail("there is a head");
  queue.running = head;
  leave(queue, head);
  t.same(takeFollowers(queue), followers);
  t.equal(isEmpty(queue), true);
});
