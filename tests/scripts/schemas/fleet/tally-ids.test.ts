import t from "tap";
import { tallyIds } from "../../../../scripts/schemas/fleet/tally-ids.ts";
import { writeFrame } from "../../../../workers/_runtime/mod.ts";
import type { KafkaRecord } from "../../../../workers/_runtime/record.ts";

const at = (partition: number, offset: number, value: Buffer | null, timestamp = offset): KafkaRecord => ({
  ...{ topic: "a", partition, offset, timestamp, key: null, value, headers: [] },
});
const framed = (id: number) => writeFrame(id, Buffer.from("secret"));

t.test(
  "tallyIds() counts ids with the oldest and the newest record, in whatever order they come",
  async (t) => {
    const records = [
      at(1, 4, framed(7), 50),
      at(0, 9, framed(7), 60),
      at(0, 1, framed(7), 10),
      at(1, 1, framed(7), 10),
      at(0, 2, framed(8)),
      at(0, 3, null),
      at(0, 4, Buffer.from("plain")),
      at(0, 5, Buffer.alloc(2)),
    ];
    for (const order of [records, records.toReversed()]) {
      const tally = tallyIds();
      for (const record of order) tally.take(record);
      const { ids, ...counts } = tally.result();
      t.same(counts, { read: 8, tombstones: 1, unframed: 2 });
      t.same(
        ids.toSorted((a, b) => a.id - b.id),
        [
          { id: 7, count: 4, first: { partition: 0, offset: 1 }, last: { partition: 0, offset: 9 } },
          { id: 8, count: 1, first: { partition: 0, offset: 2 }, last: { partition: 0, offset: 2 } },
        ],
      );
    }
  },
);

t.test("tallyIds() bounds the ids that it tells apart", async (t) => {
  const tally = tallyIds();
  for (let id = 0; id < 10_500; id++) tally.take(at(0, id, framed(id)));
  const { ids, unframed, read } = tally.result();
  t.equal(ids.length, 10_000);
  t.equal(unframed, 500);
  t.equal(read, 10_500);
});
