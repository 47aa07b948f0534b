import t from "tap";
import { TokenBucket } from "../../../workers/_letters/token-bucket.ts";

/** How many go in `ms` when somebody asks every `everyMs` for up to `most`. */
function passed(bucket: TokenBucket, from: number, ms: number, everyMs: number, most = 1_000_000): number {
  let count = 0;
  for (let now = from; now < from + ms; now += everyMs) {
    const some = bucket.available(most, now);
    bucket.take(some);
    count += some;
  }
  return count;
}

t.test("TokenBucket holds a rate within 5 % over a minute, asked how often ever", async (t) => {
  for (const rate of [0.5, 7, 500, 20_000])
    for (const everyMs of [1, 10, 170]) {
      const count = passed(new TokenBucket(rate, 0), 0, 60_000, everyMs);
      t.ok(
        Math.abs(count - rate * 60) <= Math.max(1, rate * 60 * 0.05),
        `${rate} a second, every ${everyMs} ms`,
      );
    }
});

t.test("TokenBucket makes up for a second of silence at most, and for none after a reset", async (t) => {
  const bucket = new TokenBucket(100, 0);
  passed(bucket, 0, 1_000, 10);
  const after = passed(bucket, 61_000, 2_000, 10);
  t.ok(after > 250 && after <= 300, `${after} in two seconds`);
  bucket.reset(10, 120_000);
  t.equal(bucket.available(100, 120_000), 0);
  t.ok(passed(bucket, 120_000, 1_000, 10) <= 10);
});

t.test("TokenBucket gives back what was not used", async (t) => {
  const bucket = new TokenBucket(100, 0);
  const some = bucket.available(100, 500);
  bucket.take(some);
  bucket.giveBack(some);
  t.equal(bucket.available(100, 500), some);
});
