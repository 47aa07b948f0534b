import type { Merged } from "../check/merge.ts";
import { waiverEntry } from "../waivers/waiver-entry.ts";
import { type CheckResult, isBreaking } from "./check-result.ts";
import { rulePage } from "./sentences.ts";

/** For programs; its fields are documented in docs/schemas.md and only ever added to. */
export function jsonReport(result: CheckResult): string {
  const report = {
    format: 1,
    breaking: isBreaking(result),
    compared: result.compared,
    subjects: result.subjects,
    comparisons: result.comparisons,
    findings: result.open.map((merged) => ({
      ...plain(merged),
      waiver: merged.finding.category === "waiver" ? null : waiverEntry(merged.finding),
    })),
    waived: result.waived.map((merged) => ({
      ...plain(merged),
      owner: merged.waiver.owner,
      reason: merged.waiver.reason,
      expires: merged.waiver.expires,
    })),
    upgrade: result.upgrade ?? null,
    notes: result.notes,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function plain({ finding, versions }: Merged): object {
  const { from = null, to = null, against = null, ...rest } = finding;
  return { ...rest, from, to, against, page: rulePage(finding.rule), versions };
}
