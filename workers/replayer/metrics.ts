import { Counter, Gauge, type Registry } from "prom-client";
import type { Said } from "../_letters/mod.ts";

/** The replayer's own metrics: what it has in hand, and what came of it since the process began. */
export function replayMetrics(registry: Registry) {
  const registers = [registry];
  const running = new Gauge({
    name: "boxoffice_replay_jobs",
    help: "Replays that this process carries out now.",
    registers,
  });
  const waiting = new Gauge({
    name: "boxoffice_replay_under_way",
    help: "Letters of its replays that were sent and have no outcome yet.",
    registers,
  });
  const letters = new Counter({
    name: "boxoffice_replay_letters_total",
    help: "Letters of its replays, by what became of them.",
    labelNames: ["result"] as const,
    registers,
  });
  const last = new Map<string, Said>();
  const gauge = () => {
    running.set(last.size);
    waiting.set([...last.values()].reduce((sum, { underWay }) => sum + underWay, 0));
  };
  return {
    heard(plan: string, said: Said): void {
      const before = last.get(plan);
      last.set(plan, said);
      gauge();
      // What another replayer did before this one took the job up is that one's.
      if (!before) return;
      letters.inc({ result: "sent" }, Math.max(0, said.sent - before.sent));
      letters.inc({ result: "processed" }, Math.max(0, said.processed - before.processed));
      letters.inc({ result: "dead again" }, Math.max(0, said.deadAgain - before.deadAgain));
      letters.inc({ result: "skipped" }, Math.max(0, said.skipped - before.skipped));
    },
    ended(plan: string): void {
      last.delete(plan);
      gauge();
    },
  };
}
