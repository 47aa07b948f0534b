import { Registry } from "prom-client";
import t from "tap";
import type { Order, Said } from "../../../workers/_letters/job.ts";
import type { OpenLetters, Planned } from "../../../workers/_letters/mod.ts";
import { createLog } from "../../../workers/_runtime/log.ts";
import { replayMetrics } from "../../../workers/replayer/metrics.ts";
import { watchLetters } from "../../../workers/replayer/watch-letters.ts";
import { until } from "../../_support/fleet.ts";

const order: Order = {
  ...{ by: "ann", reason: "fixed", time: 1_000 },
  ...{ canary: 0, rate: undefined, pace: true, stopOnFailureShare: undefined },
};
const paused = { by: "ann", reason: "wait", time: 2_000 };
const said = (phase: Said["phase"], over: Partial<Said> = {}): Said => ({
  ...{ phase, note: undefined, sent: 0, processed: 0, deadAgain: 0, underWay: 0, skipped: 0, speed: 0 },
  ...{ allowed: undefined, canaryPassed: false, refused: [], endedAt: undefined, time: 1_000 },
  ...over,
});
const planned = (plan: string, with_: Partial<Planned>): Planned =>
  ({ plan: { plan, letters: 10 }, order: undefined, said: undefined, ...with_ }) as Planned;

/** What the registry shows of one metric, without its name: by labels. */
async function shown(registry: Registry, metric: string): Promise<Record<string, number>> {
  const text = await registry.getSingleMetricAsString(`boxoffice_${metric}`);
  const lines = text.split("\n").filter((line) => line.startsWith("boxoffice_"));
  return Object.fromEntries(
    lines.map((line) => {
      const [, labels = "", value] = /^\w+(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      return [labels, Number(value?.replace("+Inf", "Infinity"))];
    }),
  );
}

t.test("replayMetrics() counts jobs by state, as the log of plans has them", async (t) => {
  const registry = new Registry();
  replayMetrics(registry).planned(
    [
      planned("never started", {}),
      planned("started", { order }),
      planned("sending", { order, said: said("sending") }),
      planned("held", { order: { ...order, paused }, said: said("sending") }),
      planned("done", { order, said: said("done") }),
      planned("too", { order, said: said("done") }),
    ],
    10_000,
  );
  t.same(await shown(registry, "replay_jobs"), {
    ...{ 'state="waiting"': 1, 'state="canary"': 0, 'state="sending"': 1, 'state="awaiting"': 0 },
    ...{ 'state="paused"': 1, 'state="stopped"': 0, 'state="cancelled"': 0, 'state="done"': 2 },
  });
});

t.test("replayMetrics() tells a stall of a job that runs, one that nobody took up included", async (t) => {
  const registry = new Registry();
  const metrics = replayMetrics(registry);
  const stalled = async (plans: readonly Planned[], now: number) => {
    metrics.planned(plans, now);
    return (await shown(registry, "replay_stalled_seconds"))[""];
  };
  t.equal(await stalled([planned("taken up by nobody", { order })], 61_000), 60);
  const sending = (over: Partial<Said>) => [planned("a", { order, said: said("sending", over) })];
  t.equal(await stalled(sending({ sent: 1, time: 70_000 }), 71_000), 1);
  t.equal(await stalled(sending({ sent: 1, time: 90_000, note: "slowed" }), 91_000), 21, "a word is no move");
  t.equal(await stalled(sending({ sent: 1, processed: 1, time: 92_000 }), 92_000), 0, "an outcome is");
  t.equal(
    await stalled([planned("a", { order: { ...order, paused }, said: said("sending") })], 900_000),
    0,
    "a pause is an operator's will",
  );
  t.equal(await stalled([planned("a", { order, said: said("stopped", { underWay: 3 }) })], 999_000), 0);
});

t.test("replayMetrics() counts what became of letters since the process began", async (t) => {
  const registry = new Registry();
  const metrics = replayMetrics(registry);
  metrics.heard("p", said("sending", { sent: 100, underWay: 40 }));
  metrics.heard("p", said("sending", { sent: 130, processed: 20, deadAgain: 3, underWay: 47 }));
  t.same(await shown(registry, "replay_letters_total"), {
    ...{ 'result="sent"': 30, 'result="processed"': 20, 'result="dead again"': 3, 'result="skipped"': 0 },
  });
  t.same(await shown(registry, "replay_under_way"), { "": 47 });
  metrics.ended("p");
  t.same(await shown(registry, "replay_under_way"), { "": 0 });
});

t.test("replayMetrics() shows what is open by DLQ, and forgets a DLQ that is gone", async (t) => {
  const registry = new Registry();
  const metrics = replayMetrics(registry);
  const a: OpenLetters = { dlq: "a", open: 3, oldest: 1_000, retention: 3_600_000 };
  const b: OpenLetters = { dlq: "b", open: 0, oldest: undefined, retention: undefined };
  metrics.open([a, b], 61_000);
  t.same(await shown(registry, "dlq_open_letters"), { 'dlq="a"': 3, 'dlq="b"': 0 });
  t.same(await shown(registry, "dlq_oldest_letter_seconds"), { 'dlq="a"': 60, 'dlq="b"': 0 });
  t.same(await shown(registry, "dlq_retention_seconds"), {
    'dlq="a"': 3_600,
    'dlq="b"': Number.POSITIVE_INFINITY,
  });
  metrics.open([b], 61_000);
  for (const metric of ["dlq_open_letters", "dlq_oldest_letter_seconds", "dlq_retention_seconds"])
    t.same(Object.keys(await shown(registry, metric)), ['dlq="b"'], metric);
});

t.test("watchLetters() goes on after an outage, and lets what it knows grow older meanwhile", async (t) => {
  const ended = new AbortController();
  t.teardown(() => ended.abort());
  const letters: readonly OpenLetters[] = [{ dlq: "a", open: 1, oldest: 1, retention: undefined }];
  const happened: string[] = [];
  let looks = 0;
  const watching = watchLetters(
    {
      async count() {
        const look = ["fails", "counts"][looks++ % 2] ?? "";
        happened.push(look);
        if (look === "fails") throw new Error("Kafka is away");
        return letters;
      },
      counted: (open) => void happened.push(open === letters ? "told" : "told else"),
      log: createLog({ level: "silent", worker: "replayer", build: "test" }),
      everyMs: 1,
    },
    ended.signal,
  );
  await until(t, "it looked four times", () => happened.length >= 7);
  ended.abort();
  await watching;
  t.same(happened.slice(0, 7), ["fails", "counts", "told", "fails", "told", "counts", "told"]);
});
