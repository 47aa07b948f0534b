import type { CaseResult, Verdict } from "./bench.ts";
import type { Finish } from "./contestant.ts";
import { medianOf } from "./interleave.ts";

export const perSecond = ({ records, committedSeconds }: Finish) => records / committedSeconds;

export interface Goal {
  /** Of our throughput to this contestant's. */
  readonly peer: string;
  readonly atLeast: number;
}

export const OURS = "ours";

/** The table of a case whose figure is records a second, until committed. */
export function throughput(
  name: string,
  about: string,
  rounds: Readonly<Record<string, readonly Finish[]>>,
  goal: Goal,
): CaseResult {
  const ours = medianOf(rounds[OURS], perSecond);
  const rows = Object.entries(rounds).map(([contestant, finishes]) => {
    const rate = medianOf(finishes, perSecond);
    return [
      contestant,
      String(Math.round(rate)),
      medianOf(finishes, (finish) => finish.committedSeconds).toFixed(2),
      medianOf(finishes, ({ cpuSeconds, records }) => (cpuSeconds * 1e6) / records).toFixed(2),
      String(Math.round(medianOf(finishes, ({ rssMb }) => rssMb))),
      contestant === OURS ? "1" : (ours / rate).toFixed(2),
    ];
  });
  const figure = ours / medianOf(rounds[goal.peer], perSecond);
  const verdict: Verdict = {
    goal: `ours at least ${goal.atLeast} × ${goal.peer}`,
    figure,
    met: figure >= goal.atLeast,
  };
  const head = ["contestant", "records/s", "s", "CPU µs/record", "MB", "ours ÷ it"];
  return { name, about, head, rows, verdicts: [verdict], rounds };
}
