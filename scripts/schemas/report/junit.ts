import type { Merged } from "../check/merge.ts";
import type { WaivedFinding } from "../waivers/apply-waivers.ts";
import type { CheckResult } from "./check-result.ts";
import { change, position, rulePage, versionsConcerned, waivedUntil } from "./sentences.ts";

/**
 * A test case a finding, and one that passes for each subject without any: errors fail, waived ones are skipped,
 * warnings pass and say so.
 */
export function junitReport({ subjects, open, waived }: CheckResult): string {
  const touched = new Set([...open, ...waived].flatMap(({ finding }) => finding.subjects));
  const passed = subjects.filter((subject) => !touched.has(subject));
  const cases = [
    ...open.map(openCase),
    ...waived.map(waivedCase),
    ...passed.map((subject) => `    <testcase classname="schemas" name="${escapeXml(subject)}"/>`),
  ];
  const failures = open.filter(({ finding }) => finding.severity === "error").length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="${waived.length}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="boxoffice schemas check" ${counts}>`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function openCase(merged: Merged): string {
  const { finding } = merged;
  const against = versionsConcerned(merged);
  const text = [
    `${position(finding.at)}: ${change(finding)}`,
    ...finding.who,
    `fix: ${finding.fix}`,
    ...(against === undefined ? [] : [`against ${against}`]),
    rulePage(finding.rule),
  ].join("\n");
  const body =
    finding.severity === "error"
      ? `<failure type="${escapeXml(finding.rule)}" message="${escapeXml(change(finding))}">${escapeXml(text)}</failure>`
      : `<system-out>${escapeXml(`warning: ${text}`)}</system-out>`;
  return testCase(merged, body);
}

function waivedCase(merged: WaivedFinding): string {
  return testCase(merged, `<skipped message="${escapeXml(waivedUntil(merged.waiver))}"/>`);
}

function testCase({ finding }: Merged, body: string): string {
  const { at, record, rule } = finding;
  const name = `${rule} ${record}${at.pointer}`.trim();
  return `    <testcase classname="schemas.${escapeXml(finding.category)}" name="${escapeXml(name)}" file="${escapeXml(at.file)}" line="${at.line}">${body}</testcase>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\n": "&#10;",
  "\t": "&#9;",
};

/** For text and attributes; what XML 1.0 can't hold at all, as most control characters, becomes U+FFFD. */
function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      .replaceAll(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, "�")
      .replaceAll(/[&<>"'\n\t]/g, (character) => ENTITIES[character] ?? character)
  );
}
