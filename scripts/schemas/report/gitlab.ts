import type { Finding } from "../finding.ts";
import type { CheckResult } from "./check-result.ts";
import { change, waivedUntil } from "./sentences.ts";

/** GitLab's Code Quality report; what is waived stays visible as information. */
export function gitlabReport({ open, waived }: CheckResult): string {
  const issues = [
    ...open.map(({ finding }) =>
      issue(finding, finding.severity === "error" ? "critical" : "minor", description(finding)),
    ),
    ...waived.map(({ finding, waiver }) =>
      issue(finding, "info", `${waivedUntil(waiver)} (${change(finding)})`),
    ),
  ];
  return `${JSON.stringify(issues, null, 2)}\n`;
}

function description(finding: Finding): string {
  return `${change(finding)}; ${finding.who.join("; ")}; fix: ${finding.fix}`;
}

function issue(finding: Finding, severity: "critical" | "minor" | "info", text: string): object {
  return {
    description: text,
    check_name: finding.rule,
    fingerprint: finding.fingerprint,
    severity,
    location: { path: finding.at.file, lines: { begin: finding.at.line } },
  };
}
