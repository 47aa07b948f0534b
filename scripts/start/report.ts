import { type Figures, figuresOf } from "../invariants/figures.ts";
import { isHeld } from "../invariants/settle.ts";
import { invariantsTable, uncheckedOf } from "../invariants/show.ts";
import { tableOf } from "../table.ts";
import type { OnSaleResult } from "./on-sale.ts";

/** What `npm start` comes to, as `--json` prints it. */
export function reportOf(
  { load, settled, rounds, short }: OnSaleResult,
  restarts: Readonly<Record<string, number>>,
) {
  const { violations, gaveUp, facts } = settled;
  return {
    held: isHeld(settled),
    ...(gaveUp === undefined ? {} : { gaveUp }),
    figures: figuresOf(settled),
    load,
    rounds,
    short,
    restarts,
    unchecked: uncheckedOf(facts),
    violations,
  };
}

export type Report = ReturnType<typeof reportOf>;

export function reportTable(report: Report): string {
  const { figures, load, rounds, short, restarts, violations, unchecked, gaveUp } = report;
  const restarted = Object.entries(restarts).filter(([, count]) => count > 0);
  const rows: [string, string][] = [
    ...rowsOf(figures),
    [
      "intake, from the intended time",
      `p50 ${load.latency.fromIntended.p50} ms, p99 ${load.latency.fromIntended.p99} ms`,
    ],
    ...(rounds > 1 ? [["rounds, each slower", String(rounds)] satisfies [string, string]] : []),
    ["restarted", restarted.map(([name, count]) => `${name} ${count}`).join(", ") || "none"],
  ];
  const stuck = gaveUp === undefined ? "" : `Stopped waiting: ${gaveUp}\n`;
  const little = short.length === 0 ? "" : `Too little was seen to prove anything: ${short.join(", ")}\n`;
  return `${tableOf(["the on-sale", ""], rows)}${invariantsTable(violations, unchecked)}${stuck}${little}`;
}

function rowsOf(figures: Figures): [string, string][] {
  const { letters, toConfirmation, seatsSold, ...counts } = figures;
  const plain = Object.entries(counts).map(([name, count]): [string, string] => [name, String(count)]);
  return [
    ...plain,
    ["seats sold", String(seatsSold)],
    ...Object.entries(letters).map(([reason, count]): [string, string] => [
      `dead letters, ${reason}`,
      String(count),
    ]),
    ["request to confirmation", `p50 ${toConfirmation.p50} ms, p99 ${toConfirmation.p99} ms`],
  ];
}
