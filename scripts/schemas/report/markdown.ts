import type { Merged } from "../check/merge.ts";
import { orderSentence } from "../fleet/upgrade-order.ts";
import { plain } from "../plain.ts";
import { waiverEntry } from "../waivers/waiver-entry.ts";
import { type CheckResult, isBreaking } from "./check-result.ts";
import { change, comparedWith, counted, position, rulePage, versionsConcerned } from "./sentences.ts";

/** Characters of findings, of what is waived and of entries to paste, each; a comment on GitHub takes 65,536. */
const MOST_CHARACTERS = { findings: 30_000, waived: 12_000, entries: 20_000 };

/** For a comment on a pull request, or the summary of a job. */
export function markdownReport(result: CheckResult): string {
  const waivable = result.open.filter(
    ({ finding }) => finding.severity === "error" && finding.category !== "waiver",
  );
  return [
    `## Schemas: ${isBreaking(result) ? "breaking" : "fine"}, ${counted(result)}`,
    `${escapeMarkdown(comparedWith(result))}.`,
    ...upgradeParagraph(result),
    ...bounded(
      result.open.map(findingItem),
      MOST_CHARACTERS.findings,
      (left) => `… and ${left} more: see the log.`,
    ),
    ...waivedTable(result),
    ...(waivable.length === 0 ? [] : [waiverDetails(waivable)]),
    ...result.notes.map((note) => `_${escapeMarkdown(note)}_`),
    "",
  ].join("\n\n");
}

function upgradeParagraph({ upgrade }: CheckResult): string[] {
  if (upgrade === undefined) return [];
  const why = upgrade.why.map((each) => `- ${escapeMarkdown(each)}`);
  return [
    [
      `**Order of upgrade:** ${escapeMarkdown(orderSentence(upgrade))}.`,
      ...(why.length > 0 ? ["", ...why] : []),
    ].join("\n"),
  ];
}

function findingItem(merged: Merged): string {
  const { finding } = merged;
  const against = versionsConcerned(merged);
  return [
    `### ${finding.severity === "error" ? "❌" : "⚠️"} ${escapeMarkdown(change(finding))}`,
    "",
    `- where: ${code(position(finding.at))}${against === undefined ? "" : `, against ${code(against)}`}`,
    ...finding.who.map((who) => `- who: ${escapeMarkdown(who)}`),
    `- fix: ${escapeMarkdown(finding.fix)}`,
    `- rule: [${escapeMarkdown(finding.rule)}](${rulePage(finding.rule)})`,
  ].join("\n");
}

function bounded(items: readonly string[], most: number, rest: (left: number) => string): string[] {
  const shown: string[] = [];
  let characters = 0;
  for (const item of items) {
    characters += item.length;
    if (characters > most) return [...shown, rest(items.length - shown.length)];
    shown.push(item);
  }
  return shown;
}

function waivedTable({ waived }: CheckResult): string[] {
  if (waived.length === 0) return [];
  const rows = waived.map(
    ({ finding, waiver }) =>
      `| ${escapeMarkdown(change(finding))} | ${code(position(finding.at))} | ${waiver.expires} | ${escapeMarkdown(waiver.owner)} | ${escapeMarkdown(waiver.reason)} |`,
  );
  const shown = bounded(
    rows,
    MOST_CHARACTERS.waived,
    (left) => `| … and ${left} more: see the log | | | | |`,
  );
  return [["| waived | where | until | by | reason |", "|---|---|---|---|---|", ...shown].join("\n")];
}

function waiverDetails(errors: readonly Merged[]): string {
  const entries = bounded(
    errors.map(({ finding }) => waiverEntry(finding)),
    MOST_CHARACTERS.entries,
    (left) => `# … and ${left} more: see the log\n`,
  ).join("");
  const fence = "`".repeat(Math.max(3, longestRun(entries) + 1));
  return `<details><summary>Entries for schemas/waivers.yaml</summary>\n\n${fence}yaml\n${entries}${fence}\n\n</details>`;
}

function code(text: string): string {
  const fence = "`".repeat(longestRun(text) + 1);
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${pad}${text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|")}${pad}${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** A schema's text can't become markup, a mention or a new cell. */
function escapeMarkdown(text: string): string {
  return plain(text.replaceAll(/\s+/g, " "))
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[\\`*_[\]|#]/g, (character) => `\\${character}`)
    .replaceAll("@", "@\u200b");
}
