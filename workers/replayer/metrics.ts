import type { Registry } from "prom-client";
import { JOB_PHASES, jobOf, type OpenLetters, type Planned, type Said } from "../_letters/mod.ts";
import { counter, gauge, registered } from "../_runtime/mod.ts";
import { Stalls } from "./stalls.ts";

const DLQ = "DLQs of the cluster";
const RESULTS = ["sent", "processed", "dead again", "skipped"] as const;
const SAME = "Every replayer tells the same: take max()";

/** What the replayer says. */
export const replayerMetrics = {
  jobs: gauge({
    name: "replay_jobs",
    unit: "jobs",
    help: `Replays by the state of their job, as fleet.plans has it. ${SAME}`,
    labels: { state: JOB_PHASES.join(", ") },
  }),
  stalledSeconds: gauge({
    name: "replay_stalled_seconds",
    unit: "seconds",
    help: `Longest time since one of the jobs that run and aren't paused last moved: a letter was sent, skipped or had its outcome; 0 when there is none. ${SAME}`,
  }),
  underWay: gauge({
    name: "replay_under_way",
    unit: "letters",
    help: "Letters of the replays that this process carries out that were sent and have no outcome yet",
  }),
  letters: counter({
    name: "replay_letters_total",
    unit: "letters",
    help: "Letters of the replays that this process carries out, by what became of them",
    labels: { result: RESULTS.join(", ") },
  }),
  openLetters: gauge({
    name: "dlq_open_letters",
    unit: "letters",
    help: `Letters in a DLQ that wait for somebody's decision, counted every 30 s. ${SAME}`,
    labels: { dlq: DLQ },
  }),
  oldestLetterSeconds: gauge({
    name: "dlq_oldest_letter_seconds",
    unit: "seconds",
    help: `Age of the oldest open letter in a DLQ, by its timestamp, which retention goes by; 0 when none is open. ${SAME}`,
    labels: { dlq: DLQ },
  }),
  retentionSeconds: gauge({
    name: "dlq_retention_seconds",
    unit: "seconds",
    help: `How long a DLQ keeps its letters, as the topic is configured; +Inf for ever. ${SAME}`,
    labels: { dlq: DLQ },
  }),
};

/** The replayer's own metrics: what it has in hand, what came of it, and what waits in the DLQs. */
export function replayMetrics(registry: Registry) {
  const all = registered(registry, replayerMetrics);
  // To Prometheus a series that appears with 50 has not increased.
  for (const result of RESULTS) all.letters.inc({ result }, 0);
  const stalls = new Stalls();
  const last = new Map<string, Said>();
  const gaugeUnderWay = () =>
    all.underWay.set([...last.values()].reduce((sum, { underWay }) => sum + underWay, 0));
  return {
    heard(plan: string, said: Said): void {
      const before = last.get(plan);
      last.set(plan, said);
      gaugeUnderWay();
      // What another replayer did before this one took the job up is that one's.
      if (!before) return;
      all.letters.inc({ result: "sent" }, Math.max(0, said.sent - before.sent));
      all.letters.inc({ result: "processed" }, Math.max(0, said.processed - before.processed));
      all.letters.inc({ result: "dead again" }, Math.max(0, said.deadAgain - before.deadAgain));
      all.letters.inc({ result: "skipped" }, Math.max(0, said.skipped - before.skipped));
    },
    ended(plan: string): void {
      last.delete(plan);
      gaugeUnderWay();
    },
    /** All plans as they are known; also while Kafka is away, when no job moves. */
    planned(plans: readonly Planned[], now: number): void {
      const counts = new Map(JOB_PHASES.map((phase) => [phase, 0]));
      const watched = plans.flatMap(({ plan, order, said }) => {
        if (order === undefined) return [];
        const { phase, sent, processed, deadAgain, skipped } = jobOf(plan, order, said, now);
        counts.set(phase, (counts.get(phase) ?? 0) + 1);
        if (phase === "stopped" || phase === "cancelled" || phase === "done") return [];
        return {
          plan: plan.plan,
          runs: phase !== "paused",
          progress: `${sent} ${processed} ${deadAgain} ${skipped}`,
          heardAt: said?.time ?? order.time,
        };
      });
      for (const [state, count] of counts) all.jobs.set({ state }, count);
      all.stalledSeconds.set(stalls.look(watched, now) / 1000);
    },
    /** What is open, as it was counted last. */
    open(letters: readonly OpenLetters[], now: number): void {
      // Also of DLQs that are gone.
      for (const each of [all.openLetters, all.oldestLetterSeconds, all.retentionSeconds]) each.reset();
      for (const { dlq, open, oldest, retention } of letters) {
        all.openLetters.set({ dlq }, open);
        all.oldestLetterSeconds.set({ dlq }, oldest === undefined ? 0 : Math.max(0, now - oldest) / 1000);
        all.retentionSeconds.set(
          { dlq },
          retention === undefined ? Number.POSITIVE_INFINITY : retention / 1000,
        );
      }
    },
  };
}
