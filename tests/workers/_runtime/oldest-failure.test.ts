import fc from "fast-check";
import t from "tap";
import { OldestFailure } from "../../../workers/_runtime/oldest-failure.ts";
import type { Run } from "../../../workers/_runtime/run-state.ts";

/** All that is asked of a run is its state. */
const run = () => ({ state: "waiting" }) as Run;

t.test("OldestFailure.take() tells the oldest of those that have not ended", async (t) => {
  const oldest = new OldestFailure();
  t.equal(oldest.take(), undefined);
  const [first, second, third] = [run(), run(), run()];
  oldest.add(20, second);
  oldest.add(10, first);
  oldest.add(30, third);
  t.equal(oldest.take(), 10);
  second.state = "done";
  t.equal(oldest.take(), 10, "one that ended behind it changes nothing");
  first.state = "done";
  t.equal(oldest.take(), 10, "what ended since the last time counts once more");
  t.equal(oldest.take(), 30);
  third.state = "running";
  t.equal(oldest.take(), 30, "until its outcome stands in the log");
  third.state = "done";
  oldest.take();
  t.equal(oldest.take(), undefined);
});

t.test("OldestFailure agrees with a look at all of them, whatever comes and ends", async () => {
  const step = fc.oneof(
    fc.record({ add: fc.integer({ min: 0, max: 50 }) }),
    fc.record({ end: fc.nat(1_000) }),
    fc.constant("ask" as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const oldest = new OldestFailure();
      let open: { failed: number; run: Run }[] = [];
      for (const each of steps) {
        if (each === "ask") {
          oldest.take();
          const failed = open.map((one) => one.failed);
          if (oldest.take() !== (failed.length === 0 ? undefined : Math.min(...failed))) return false;
        } else if ("add" in each) {
          const added = { failed: each.add, run: run() };
          open.push(added);
          oldest.add(added.failed, added.run);
        } else if (open.length > 0) {
          const ended = open[each.end % open.length];
          if (ended) ended.run.state = "done";
          open = open.filter((one) => one !== ended);
        }
      }
      return true;
    }),
  );
});

t.test("OldestFailure doesn't keep what ended behind an old one", async (t) => {
  const oldest = new OldestFailure();
  const old = run();
  oldest.add(1, old);
  for (let n = 0; n < 20_000; n++) {
    const passing = run();
    oldest.add(1_000 + n, passing);
    passing.state = "done";
  }
  t.equal(oldest.take(), 1);
  t.ok(oldest.kept <= 2_048, `${oldest.kept} kept of 20,000 that ended`);
});
