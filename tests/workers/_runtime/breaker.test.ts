import t from "tap";
import { Breaker } from "../../../workers/_runtime/breaker.ts";

const options = { threshold: 3, firstWaitMs: 100, longestWaitMs: 300 };

function opened(): Breaker {
  const breaker = new Breaker(options);
  for (let i = 0; i < 3; i++) breaker.failed(0, false);
  return breaker;
}

t.test("Breaker opens after the threshold of failures in a row, a success between resets it", async (t) => {
  const breaker = new Breaker(options);
  breaker.failed(0, false);
  breaker.failed(0, false);
  breaker.succeeded(false);
  breaker.failed(0, false);
  breaker.failed(0, false);
  t.equal(breaker.state(0), "closed");
  breaker.failed(0, false);
  t.equal(breaker.state(0), "open");
  t.equal(breaker.mayStart(99, 0), false);
  t.equal(breaker.retryAt, 100);
});

t.test("Breaker half-open lets one probe run; its success closes and ramps up", async (t) => {
  const breaker = opened();
  t.equal(breaker.state(100), "half-open");
  t.equal(breaker.mayStart(100, 5), true, "handlers from before the outage may still hang");
  t.equal(breaker.started(100), true);
  t.equal(breaker.mayStart(100, 1), false, "one probe at a time");
  breaker.succeeded(true);
  t.equal(breaker.state(100), "closed");
  t.equal(breaker.mayStart(100, 1), true);
  t.equal(breaker.mayStart(100, 2), false, "ramping up");
  for (let i = 0; i < 60; i++) breaker.succeeded(false);
  t.equal(breaker.mayStart(100, 5_000), true, "at full speed again");
});

t.test("Breaker waits longer with each failed probe, up to the longest wait", async (t) => {
  const breaker = opened();
  let now = 100;
  for (const wait of [200, 300, 300]) {
    t.equal(breaker.started(now), true);
    breaker.failed(now, true);
    t.equal(breaker.retryAt, now + wait);
    now += wait;
  }
});

t.test("Breaker ignores what handlers from before the outage come to", async (t) => {
  const breaker = opened();
  breaker.succeeded(false);
  t.equal(breaker.outage, true, "a late success doesn't close it");
  breaker.failed(50, false);
  t.equal(breaker.retryAt, 100, "a late failure doesn't prolong it");
  t.equal(breaker.started(100), true);
  breaker.inconclusive(true);
  t.equal(breaker.mayStart(100, 0), true, "the next one is the probe");
});
