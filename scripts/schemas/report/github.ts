import type { Merged } from "../check/merge.ts";
import type { Place } from "../finding.ts";
import { orderSentence } from "../fleet/upgrade-order.ts";
import { plain } from "../plain.ts";
import type { CheckResult } from "./check-result.ts";
import { regionOf } from "./region.ts";
import { change, comparedWith, counted, rulePage, versionsConcerned, waivedUntil } from "./sentences.ts";

/**
 * Workflow commands that GitHub shows at the line in the pull request. It shows ten errors and ten warnings of a
 * step: errors of other kinds come first.
 */
export function githubReport(result: CheckResult): string {
  const lines = [
    ...result.open.map((merged) => {
      const { finding } = merged;
      return command(finding.severity, finding.at, finding.rule, message(merged), result.texts);
    }),
    ...result.waived.map(({ finding, waiver }) =>
      command(
        "notice",
        finding.at,
        `${finding.rule}, waived`,
        `${waivedUntil(waiver)}\n${change(finding)}`,
        result.texts,
      ),
    ),
    ...result.notes,
    comparedWith(result),
    result.upgrade && orderSentence(result.upgrade),
    counted(result),
  ];
  return `${lines.filter((line) => line !== undefined).join("\n")}\n`;
}

/** The annotation for a check that gave no verdict. */
export function couldNotCheck(why: string): string {
  return `::error title=${escapeProperty("Schemas: could not check")}::${escapeData(why)}\n`;
}

function message(merged: Merged): string {
  const { finding } = merged;
  const against = versionsConcerned(merged);
  const lines = [
    change(finding),
    ...finding.who,
    `Fix: ${finding.fix}`,
    ...(against === undefined ? [] : [`Against ${against}`]),
    `See ${rulePage(finding.rule)}; fingerprint ${finding.fingerprint}`,
  ];
  return lines.map(plain).join("\n");
}

function command(
  kind: "error" | "warning" | "notice",
  at: Place,
  title: string,
  text: string,
  texts: CheckResult["texts"],
): string {
  const region = regionOf(at, texts);
  const properties: readonly (readonly [string, string | number])[] = [
    ["file", at.file],
    ["line", at.line],
    ["endLine", at.line],
    ["col", at.column],
    ...(region === undefined ? [] : [["endColumn", region.endColumn] as const]),
    ["title", title],
  ];
  const written = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${kind} ${written.join(",")}::${escapeData(text)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** A comma would begin the next property, a colon the message. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
