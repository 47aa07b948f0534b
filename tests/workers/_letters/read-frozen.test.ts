import t from "tap";
import { readFrozen } from "../../../workers/_letters/read-frozen.ts";
import type { Broker, ReadOn } from "../../../workers/_runtime/broker.ts";

const dlq = "x.w.dlq";

/** A DLQ as a broker shows it, an answer after the other; `low`: where its log begins. */
function broker(low: number, answers: readonly Partial<ReadOn>[]) {
  const waiting = [...answers];
  const admin = { offsets: async () => [{ partition: 0, low, high: 100 }] };
  return {
    // Only these two are asked.
    admin: admin as unknown as Broker["admin"],
    async readOn(_: string, __: number, offset: number) {
      return { records: [], next: offset, stable: offset, ...waiting.shift() };
    },
  };
}

function record(offset: number) {
  return { topic: dlq, partition: 0, offset, timestamp: 1, key: null, value: null, headers: [] };
}

async function readAll(from: ReturnType<typeof broker>, signal = new AbortController().signal) {
  const read = { letters: [] as number[], gone: [] as number[] };
  const part = { dlq, partition: 0, runs: [[5, 3]] as const };
  for await (const { letters, gone } of readFrozen(from, part, signal)) {
    read.letters.push(...letters.map(({ offset }) => offset));
    read.gone.push(...gone);
  }
  return read;
}

t.test("readFrozen() takes a log that shows nothing for a moment for one that has it still", async (t) => {
  const restarted = broker(0, [{}, {}, { records: [record(5), record(6), record(7)] }]);
  t.same(await readAll(restarted), { letters: [5, 6, 7], gone: [] });
});

t.test("readFrozen() tells what retention took, and what was passed over", async (t) => {
  t.same(await readAll(broker(7, [{ records: [record(7)] }])), { letters: [7], gone: [5, 6] });
  t.same(await readAll(broker(0, [{ next: 7 }, { records: [record(7)] }])), { letters: [7], gone: [5, 6] });
  t.same(await readAll(broker(0, [{ records: [record(6)] }, { records: [record(9)] }])), {
    letters: [6],
    gone: [5, 7],
  });
});

t.test("readFrozen() doesn't wait for ever for what isn't there, nor for who stops", async (t) => {
  t.same(await readAll(broker(0, [])), { letters: [], gone: [5, 6, 7] });
  await t.rejects(readAll(broker(0, []), AbortSignal.timeout(200)), { name: "TimeoutError" });
});
