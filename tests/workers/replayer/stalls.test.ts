import t from "tap";
import { Stalls } from "../../../workers/replayer/stalls.ts";

const job = (progress: string, over: { plan?: string; runs?: boolean; heardAt?: number } = {}) => ({
  ...{ plan: "p", runs: true, heardAt: 1_000 },
  ...over,
  progress,
});

t.test("Stalls.look() tells since when a job that runs stands still, until it moves or ends", async (t) => {
  const stalls = new Stalls();
  t.equal(stalls.look([job("0")], 1_000), 0);
  t.equal(stalls.look([job("0")], 31_000), 30_000);
  t.equal(stalls.look([job("1")], 32_000), 0, "it moved");
  t.equal(stalls.look([job("1")], 42_000), 10_000);
  t.equal(stalls.look([], 43_000), 0, "it is through");
});

t.test("Stalls.look() counts from when a job was last heard of that it never saw", async (t) => {
  t.equal(new Stalls().look([job("0", { heardAt: 1_000 })], 61_000), 60_000);
  t.equal(new Stalls().look([job("0", { heardAt: 9_000 })], 1_000), 0, "by a clock that is ahead");
});

t.test("Stalls.look() lets a paused job stand still, and counts anew when it goes on", async (t) => {
  const stalls = new Stalls();
  t.equal(stalls.look([job("0", { runs: false })], 3_600_000), 0);
  t.equal(stalls.look([job("0", { runs: false })], 7_200_000), 0);
  t.equal(stalls.look([job("0")], 7_205_000), 5_000);
});

t.test("Stalls.look() tells the longest of several", async (t) => {
  const stalls = new Stalls();
  const all = (progress: string) => [job("0", { plan: "a" }), job(progress, { plan: "b" })];
  stalls.look(all("0"), 1_000);
  t.equal(stalls.look(all("1"), 11_000), 10_000);
});
