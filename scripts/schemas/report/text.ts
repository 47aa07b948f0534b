import { styleText } from "node:util";
import type { Merged } from "../check/merge.ts";
import { orderSentence } from "../fleet/upgrade-order.ts";
import { plain } from "../plain.ts";
import type { WaivedFinding } from "../waivers/apply-waivers.ts";
import { waiverEntry } from "../waivers/waiver-entry.ts";
import type { CheckResult } from "./check-result.ts";
import { regionOf } from "./region.ts";
import {
  change,
  comparedWith,
  counted,
  position,
  rulePage,
  versionsConcerned,
  waivedUntil,
} from "./sentences.ts";

type Paint = (style: "red" | "yellow" | "green" | "bold" | "dim", text: string) => string;

/** Longest source line that is shown under a finding, characters. */
const MOST_SOURCE = 200;

/**
 * For people at a terminal or reading a log: `path:line:column: …`, who, fix; at the end what to paste to waive it.
 * @param coloured - for a terminal
 */
export function textReport(result: CheckResult, coloured: boolean): string {
  const paint: Paint = (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text);
  const errors = result.open.filter(({ finding }) => finding.severity === "error");
  const waivable = errors.filter(({ finding }) => finding.category !== "waiver");
  return [
    ...result.open.map((merged) => findingText(merged, result.texts, paint)),
    ...result.waived.map((merged) => waivedText(merged, paint)),
    ...(waivable.length === 0 ? [] : [waiverText(waivable, paint)]),
    summary(result, errors.length === 0, paint),
  ].join("\n");
}

function findingText(merged: Merged, texts: CheckResult["texts"], paint: Paint): string {
  const { finding } = merged;
  const colour = finding.severity === "error" ? "red" : "yellow";
  const severity = paint(colour, finding.severity);
  const against = versionsConcerned(merged);
  const lines = [
    `${paint("bold", plain(position(finding.at)))}: ${severity}: ${plain(change(finding))} [${finding.rule}]`,
    ...sourceLines(merged, texts, (text) => paint(colour, text), paint),
    ...(against === undefined ? [] : [`  was: ${plain(against)}`]),
    ...finding.who.map((who) => `  who: ${plain(who)}`),
    `  fix: ${plain(finding.fix)}`,
    paint("dim", `  ${rulePage(finding.rule)}`),
  ];
  return `${lines.join("\n")}\n`;
}

function sourceLines(
  { finding }: Merged,
  texts: CheckResult["texts"],
  mark: (text: string) => string,
  paint: Paint,
): string[] {
  const region = regionOf(finding.at, texts);
  if (region === undefined || region.line.length > MOST_SOURCE) return [];
  const { column, line } = finding.at;
  const number = String(line);
  const before = region.line.slice(0, column - 1).replaceAll(/[^\t]/g, " ");
  const carets = "^".repeat(Math.min(region.endColumn, region.line.length + 1) - column);
  return [
    `  ${paint("dim", `${number} |`)} ${plain(region.line)}`,
    `  ${paint("dim", `${" ".repeat(number.length)} |`)} ${before}${mark(carets)}`,
  ];
}

function waivedText({ finding, waiver }: WaivedFinding, paint: Paint): string {
  const until = paint("green", plain(waivedUntil(waiver)));
  return `${plain(position(finding.at))}: ${until} (${plain(change(finding))}) [${finding.rule}]\n`;
}

function waiverText(errors: readonly Merged[], paint: Paint): string {
  const entries = errors.map(({ finding }) => waiverEntry(finding));
  const head = "To waive one, put its entry into schemas/waivers.yaml with owner, reason and last day:";
  return paint("dim", `${head}\n\n${entries.join("")}`);
}

function summary(result: CheckResult, isFine: boolean, paint: Paint): string {
  const lines = [
    ...result.notes.map((note) => `Note: ${plain(note)}`),
    `${plain(comparedWith(result))}.`,
    ...upgradeLines(result).map(plain),
    `${paint(isFine ? "green" : "red", isFine ? "Fine" : "Breaking")}: ${counted(result)}.`,
  ];
  return `${lines.join("\n")}\n`;
}

function upgradeLines({ upgrade }: CheckResult): string[] {
  if (upgrade === undefined) return [];
  return [`Order of upgrade: ${orderSentence(upgrade)}.`, ...upgrade.why.map((why) => `  ${why}`)];
}
