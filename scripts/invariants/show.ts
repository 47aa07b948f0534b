import { tableOf } from "../table.ts";
import { INVARIANTS, type InvariantName, type Violation } from "./violation.ts";

/** Most cases of one invariant that the table spells out; `--json` has them all. */
const MOST_SHOWN = 20;

export function invariantsTable(
  violations: readonly Violation[],
  unchecked: readonly InvariantName[],
): string {
  const rows = Object.entries(INVARIANTS).map(([name, promise]) => {
    const broken = violations.filter(({ invariant }) => invariant === name).length;
    const skipped = unchecked.some((each) => each === name);
    return [name, promise, broken > 0 ? `BROKEN (${broken})` : skipped ? "not checked" : "held"];
  });
  return `${tableOf(["invariant", "promises", ""], rows)}${casesOf(violations)}`;
}

function casesOf(violations: readonly Violation[]): string {
  const lines: string[] = [];
  for (const name of Object.keys(INVARIANTS)) {
    const cases = violations.filter(({ invariant }) => invariant === name);
    for (const { what, reservations, seats, evidence } of cases.slice(0, MOST_SHOWN)) {
      lines.push(`${name}: ${what}`);
      if (reservations.length > 0) lines.push(`  reservations: ${reservations.join(", ")}`);
      if (seats.length > 0) lines.push(`  seats: ${seats.join(", ")}`);
      if (evidence.length > 0) lines.push(`  evidence: ${evidence.join(", ")}`);
    }
    if (cases.length > MOST_SHOWN) lines.push(`${name}: and ${cases.length - MOST_SHOWN} more (see --json)`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** Invariants that can't be judged without a ledger that wasn't given. */
export function uncheckedOf(facts: { readonly mails?: unknown; readonly client?: unknown }): InvariantName[] {
  return [
    ...(facts.mails === undefined ? (["mail-true"] as const) : []),
    ...(facts.client === undefined ? (["letters-sown"] as const) : []),
  ];
}
