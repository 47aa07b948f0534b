import fc from "fast-check";
import t from "tap";
import { decodeBatches } from "../../../../workers/_runtime/broker/batch-decoder.ts";
import {
  type BatchRecord,
  encodeBatch,
  sizeOfRecord,
} from "../../../../workers/_runtime/broker/batch-encoder.ts";
import { COMPRESSIONS } from "../../../../workers/_runtime/broker/compression.ts";

const options = {
  producerId: 7,
  producerEpoch: 0,
  firstSequence: 0,
  transactional: false,
  compression: "none",
  timestamp: 1_700_000_000_000,
} as const;

const bytes = fc.option(
  fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)),
  { freq: 4 },
);
const name = fc.oneof(
  fc.constantFrom("", "__proto__", "constructor", "toString", "7", "a", "bo-id", "überfällig", "座席"),
  fc.string({ unit: "grapheme", maxLength: 6 }),
);
const record: fc.Arbitrary<BatchRecord> = fc.record({
  key: bytes,
  value: bytes,
  headers: fc.array(fc.tuple(name, bytes), { maxLength: 6 }),
});

/** Gives an encoded batch another base offset, as the broker does; and flags, for markers. */
function placed(batch: Buffer, baseOffset: number, flags = 0): Buffer {
  const copy = Buffer.from(batch);
  copy.writeBigInt64BE(BigInt(baseOffset), 0);
  copy.writeInt16BE(copy.readInt16BE(21) | flags, 21);
  return copy;
}

const CONTROL = 0x20;
const value = (text: string): BatchRecord => ({ key: null, value: Buffer.from(text), headers: [] });
const marker = (type: 0 | 1): BatchRecord => ({
  key: Buffer.from([0, 0, 0, type]),
  value: Buffer.alloc(6),
  headers: [],
});
const transactional = (producerId: number) => ({ ...options, producerId, transactional: true });

for (const compression of COMPRESSIONS)
  t.test(
    `decodeBatches() gives back with ${compression} every byte and header as encodeBatch() took it`,
    async (t) => {
      fc.assert(
        fc.property(fc.array(record, { minLength: 1, maxLength: 8 }), (records) => {
          const batch = placed(encodeBatch(records, { ...options, compression }), 5);
          const decoded = decodeBatches("t", 1, batch, []);
          t.same(
            decoded.records.map(({ key, value, headers }) => ({ key, value, headers })),
            records,
          );
          t.same(
            decoded.records.map(({ offset }) => offset),
            records.map((_, index) => 5 + index),
          );
          return decoded.nextOffset === 5 + records.length;
        }),
        { numRuns: 60 },
      );
    },
  );

t.test("sizeOfRecord() is what encodeBatch() writes", async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 8 }), (records) => {
        const size = records.reduce((sum, one, index) => sum + sizeOfRecord(one, index), 61);
        return encodeBatch(records, options).length === size;
      }),
    ),
  );
});

t.test("decodeBatches() leaves a cut-off batch for the next fetch", async (t) => {
  const whole = placed(encodeBatch([value("a"), value("b")], options), 0);
  const next = placed(encodeBatch([value("c")], options), 2);
  for (const cut of [1, 16, 40, next.length - 1]) {
    const decoded = decodeBatches("t", 0, Buffer.concat([whole, next.subarray(0, cut)]), []);
    t.same([decoded.records.length, decoded.nextOffset], [2, 2]);
  }
  t.same(decodeBatches("t", 0, next.subarray(0, 30), []), { records: [], nextOffset: -1 });
});

t.test("decodeBatches() leaves out aborted transactions and no other record", async (t) => {
  // A Java int 0 as key looks like a marker's key; only the control flag makes a marker.
  const zeroKey: BatchRecord = { key: Buffer.from([0, 0, 0, 0]), value: Buffer.from("kept"), headers: [] };
  const log = Buffer.concat([
    placed(encodeBatch([value("aborted 1")], transactional(1)), 0),
    placed(encodeBatch([zeroKey], options), 1),
    placed(encodeBatch([value("committed")], transactional(2)), 2),
    placed(encodeBatch([zeroKey], transactional(1)), 3),
    placed(encodeBatch([value("aborted 2")], transactional(1)), 4),
    placed(encodeBatch([marker(0)], transactional(1)), 5, CONTROL),
    placed(encodeBatch([value("after")], transactional(1)), 6),
    placed(encodeBatch([marker(1)], transactional(1)), 7, CONTROL),
    placed(encodeBatch([marker(1)], transactional(2)), 8, CONTROL),
  ]);
  const decoded = decodeBatches("t", 0, log, [{ producerId: 1, firstOffset: 0 }]);
  t.same(
    decoded.records.map((one) => one.value?.toString()),
    ["kept", "committed", "after"],
  );
  t.equal(decoded.nextOffset, 9);
});

t.test("decodeBatches() moves on over markers and emptied batches", async (t) => {
  const emptied = placed(encodeBatch([value("a")], options), 4);
  emptied.writeInt32BE(0, 57); // what compaction leaves: no records, the last offset kept
  emptied.writeInt32BE(9, 23);
  const log = Buffer.concat([placed(encodeBatch([marker(1)], transactional(1)), 3, CONTROL), emptied]);
  t.same(decodeBatches("t", 0, log, []), { records: [], nextOffset: 14 });
});

t.test("decodeBatches() takes the broker's time where the topic says so", async (t) => {
  const batch = placed(encodeBatch([value("a")], options), 0, 0x08);
  batch.writeBigInt64BE(1_800_000_000_000n, 35);
  t.equal(decodeBatches("t", 0, batch, []).records[0]?.timestamp, 1_800_000_000_000);
  t.equal(
    decodeBatches("t", 0, placed(encodeBatch([value("a")], options), 0), []).records[0]?.timestamp,
    options.timestamp,
  );
});

t.test("decodeBatches() throws UnreadableBatch, naming the place, when bytes make no sense", async (t) => {
  const batch = placed(encodeBatch([value("a"), value("b")], { ...options, compression: "zstd" }), 3);
  const broken = Buffer.from(batch);
  broken.fill(0xff, 61);
  const old = Buffer.from(batch);
  old[16] = 1;
  const short = placed(encodeBatch([value("a")], options), 3);
  short.writeInt32BE(2, 57);
  for (const bad of [broken, old, short])
    t.throws(() => decodeBatches("topic", 4, bad, []), {
      name: "UnreadableBatch",
      retriable: false,
      message: /'topic' partition 4 at offset 3/,
    });
});
