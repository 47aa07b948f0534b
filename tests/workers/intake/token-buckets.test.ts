import fc from "fast-check";
import t from "tap";
import { createTokenBuckets } from "../../../workers/intake/token-buckets.ts";

t.test("take() gives the burst, then one token as each comes back", async (t) => {
  let now = 0;
  const buckets = createTokenBuckets({ perSecond: 4, burst: 3, now: () => now });
  t.same(
    [1, 2, 3, 4, 5].map(() => buckets.take("ada")),
    [0, 0, 0, 250, 250],
  );
  t.equal(buckets.take("grace"), 0, "each client has its own");
  now = 249;
  t.equal(buckets.take("ada"), 1);
  now = 250;
  t.same([buckets.take("ada"), buckets.take("ada")], [0, 250]);
  now = 1_000_000;
  t.same(
    [1, 2, 3, 4].map(() => buckets.take("ada")),
    [0, 0, 0, 250],
    "never more than the burst",
  );
});

t.test("take() never gives more than burst and rate allow, however it is asked", async () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 500 }), { maxLength: 200 }), (gaps) => {
      let now = 0;
      let given = 0;
      const buckets = createTokenBuckets({ perSecond: 7, burst: 5, now: () => now });
      for (const gap of gaps) {
        now += gap;
        if (buckets.take("ada") === 0) given += 1;
      }
      return given <= 5 + (now / 1000) * 7 + 1e-6;
    }),
  );
});

t.test("take() forgets the client asked longest ago beyond its bound", async (t) => {
  const buckets = createTokenBuckets({ perSecond: 1, burst: 1, maxClients: 2, now: () => 0 });
  t.equal(buckets.take("a"), 0);
  t.equal(buckets.take("b"), 0);
  t.equal(buckets.take("a"), 1000);
  t.equal(buckets.take("c"), 0);
  t.equal(buckets.take("a"), 1000, "remembered: asked after b");
  t.equal(buckets.take("b"), 0, "forgotten");
});
