import t from "tap";
import { RESTART, restart } from "../../../scripts/start/restart.ts";

t.test("restart() waits twice as long after each short life, up to the longest delay", async (t) => {
  const short = { ranMs: 50, wasReady: true };
  const delays: number[] = [];
  let before = 0;
  for (let life = 0; life < 12; life += 1) {
    const next = restart(short, before, { ...RESTART, mostShortLives: 100 });
    if (next.is === "again") delays.push(next.afterMs);
    before = next.shortLives;
  }
  t.same(delays.slice(0, 6), [250, 500, 1_000, 2_000, 4_000, 5_000]);
  t.ok(delays.every((delay) => delay <= 5_000));
});

t.test("restart() gives up after the most short lives in a row", async (t) => {
  t.match(restart({ ranMs: 1, wasReady: false }, 5), { is: "given up", shortLives: 6 });
  t.match(restart({ ranMs: 1, wasReady: false }, 4), { is: "again" });
});

t.test("restart() starts from the beginning after a long life that got ready", async (t) => {
  t.match(restart({ ranMs: 10_000, wasReady: true }, 5), { is: "again", afterMs: 250, shortLives: 0 });
  t.match(restart({ ranMs: 60_000, wasReady: false }, 5), { is: "given up" }, "never ready is no good life");
});
