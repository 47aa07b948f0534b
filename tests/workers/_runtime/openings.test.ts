import pino from "pino";
import t from "tap";
import { familyOf } from "../../../workers/_runtime/family.ts";
import type { Opened, PartitionId } from "../../../workers/_runtime/open.ts";
import { Openings } from "../../../workers/_runtime/openings.ts";
import { until } from "../../_support/fleet.ts";
import { tick } from "../../_support/owned.ts";

const family = familyOf({ name: "w" }, "s", ["1s"]);

function idOf(partition: number): PartitionId {
  return { family, topics: ["s"], partition };
}

function setUp(open: (ids: readonly PartitionId[]) => Promise<void> = async () => {}) {
  const opened: number[] = [];
  const closed: number[] = [];
  const closing = new AbortController();
  const openings = new Openings(
    {
      async open(ids) {
        await open(ids);
        return ids.map(
          (id): Opened => ({
            ...id,
            producer: {
              async fence() {},
              async commit() {},
              async close() {
                closed.push(id.partition);
              },
            },
            tracks: new Map(),
            committed: new Map(),
          }),
        );
      },
      opened: ({ partition }) => void opened.push(partition),
      log: pino({ level: "silent" }),
    },
    closing.signal,
  );
  return { openings, opened, closed, closing };
}

t.test("a partition opens only after the handlers of its former opening here have ended", async (t) => {
  const { openings, opened, closing } = setUp();
  const former = { running: 2 };
  openings.closed("s-0", former, true);
  openings.assign([idOf(0), idOf(1)]);
  await tick(30);
  t.same(opened, [1], "others don't wait");
  t.equal(openings.size, 1);
  former.running = 0;
  await until(t, "it opens", () => opened.length === 2);
  t.same(opened, [1, 0]);
  t.equal(openings.size, 0);
  closing.abort();
});

t.test("a lost partition opens after the group's proof, and a later join's counts as well", async (t) => {
  const { openings, opened, closing } = setUp();
  const proof = Promise.withResolvers<void>();
  openings.closed("s-0", { running: 0 }, false);
  openings.again(idOf(0), proof.promise);
  await tick(30);
  t.same(opened, []);
  openings.assign([idOf(0)]);
  proof.resolve();
  await until(t, "it opens", () => opened.length > 0);
  await tick(40);
  t.same(opened, [0], "opened once");
  closing.abort();
});

t.test("an opening that the next join doesn't name is given up, its producer closed", async (t) => {
  const gate = Promise.withResolvers<void>();
  const { openings, opened, closed, closing } = setUp(() => gate.promise);
  openings.assign([idOf(0), idOf(1)]);
  await tick();
  openings.assign([idOf(1)]);
  gate.resolve();
  await until(t, "both openings are through", () => opened.length > 0 && closed.length === 2);
  t.same(opened, [1]);
  t.same(closed, [0, 1], "both of the old join: 1 was opened again for the new one");
  closing.abort();
});

t.test("what can't be opened is tried again, until it is called off", async (t) => {
  let tries = 0;
  const { openings, opened, closing } = setUp(async () => {
    if (++tries < 3) throw new Error("the coordinator is loading");
  });
  openings.assign([idOf(0)]);
  await until(t, "it opens", () => opened.length > 0);
  t.same(opened, [0]);
  t.equal(tries, 3);
  closing.abort();
});
