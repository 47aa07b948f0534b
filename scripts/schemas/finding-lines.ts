import type { Finding } from "./finding.ts";
import { plain } from "./plain.ts";

/**
 * A finding for people: `schemas/Paid.avsc:14:9: error: what: from → to [rule]`, then who is affected and what to do,
 * a line each. Ends with a line end.
 */
export function findingLines({ at, against, severity, what, from, to, rule, who, fix }: Finding): string {
  const change = from === undefined && to === undefined ? "" : `: ${from ?? "nothing"} → ${to ?? "nothing"}`;
  const lines = [
    `${at.file}:${at.line}:${at.column}: ${severity}: ${what}${change} [${rule}]`,
    ...(against === undefined ? [] : [`  was: ${against.file}:${against.line}:${against.column}`]),
    ...who.map((each) => `  who: ${each}`),
    `  fix: ${fix}`,
  ];
  return lines.map((line) => `${plain(line)}\n`).join("");
}
