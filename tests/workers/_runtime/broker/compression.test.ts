import { gzipSync, zstdCompressSync } from "node:zlib";
import t from "tap";
import { COMPRESSIONS, compress, decompress } from "../../../../workers/_runtime/broker/compression.ts";

const bodies: [string, Buffer][] = [
  ["nothing", Buffer.alloc(0)],
  ["one byte", Buffer.from("x")],
  ["text", Buffer.from("the same again ".repeat(10_000))],
  ["noise", Buffer.from(crypto.getRandomValues(new Uint8Array(60_000)))],
  ["more than one snappy or lz4 block", Buffer.alloc(1_000_000, "abcdefg")],
];

for (const codec of COMPRESSIONS)
  t.test(`decompress() undoes compress() with ${codec}`, async (t) => {
    for (const [name, body] of bodies) t.ok(decompress(codec, compress(codec, body)).equals(body), name);
  });

t.test("decompress() refuses what would fill the memory", async (t) => {
  const zeros = Buffer.alloc(64 * 1024 * 1024);
  const zstd = Buffer.concat(Array.from({ length: 3 }, () => zstdCompressSync(zeros)));
  const gzip = Buffer.concat(Array.from({ length: 3 }, () => gzipSync(zeros, { level: 1 })));
  t.ok(zstd.length < 100_000, "a few bytes on the wire");
  t.throws(() => decompress("zstd", zstd), { name: "RangeError" });
  t.throws(() => decompress("gzip", gzip), { name: "RangeError" });
});

t.test("decompress() reads snappy in xerial's framing, block by block", async (t) => {
  const blocks = ["first ", "second"].map((text) => compress("snappy", Buffer.from(text)));
  const framed: Buffer[] = [
    Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]),
  ];
  for (const block of blocks) {
    const size = Buffer.alloc(4);
    size.writeInt32BE(block.length);
    framed.push(size, block);
  }
  t.equal(decompress("snappy", Buffer.concat(framed)).toString(), "first second");
});

t.test("compress() with lz4 refuses more than one block", async (t) => {
  t.throws(() => compress("lz4", Buffer.alloc(4 * 1024 * 1024 + 1)), { name: "RangeError", message: /lz4/ });
});
