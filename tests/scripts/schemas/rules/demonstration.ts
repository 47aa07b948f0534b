import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { merge } from "../../../../scripts/schemas/check/merge.ts";
import type { Finding } from "../../../../scripts/schemas/finding.ts";
import { findingLines } from "../../../../scripts/schemas/finding-lines.ts";
import { meaningFindings, styleFindings } from "../../../../scripts/schemas/rules/mod.ts";
import { specFindings } from "../../../../scripts/schemas/spec/findings.ts";
import { readVersion } from "../../../../scripts/schemas/spec/read-version.ts";
import { SchemaTextError } from "../../../../scripts/schemas/spec/schema-text-error.ts";
import type { SchemaVersion } from "../../../../scripts/schemas/version.ts";

/** A folder a rule: `before/`, `after/`, `expected.txt`. */
export const DEMONSTRATIONS = resolve(import.meta.dirname, "../../../fixtures/schema-rules");

/** The schemas of one side, as a checkout holds them. */
export function schemasIn(rule: string, side: "before" | "after"): Map<string, string> {
  const folder = join(DEMONSTRATIONS, rule, side);
  return new Map(
    readdirSync(folder)
      .sort()
      .map((file) => [`schemas/${file}`, readFileSync(join(folder, file), "utf8")]),
  );
}

export function versionOf(file: string, text: string, label: string): SchemaVersion {
  const version = { label, file, record: "", text, references: [] };
  const schema = readVersion(version);
  const record =
    schema instanceof SchemaTextError || !("name" in schema.root.node) ? file : schema.root.node.name;
  return { ...version, record };
}

/** Everything that all rules find in `after`, compared with `before` in both directions; told once each. */
export function allFindings(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Finding[] {
  const found: Finding[] = [];
  for (const [file, text] of after) {
    const version = versionOf(file, text, "checkout");
    const subjects = [`shop-${version.record}`];
    found.push(...styleFindings(version, subjects));
    const olderText = before.get(file);
    if (olderText === undefined) continue;
    const older = versionOf(`before:${file}`, olderText, "before");
    found.push(...specFindings(version, older, "backward", subjects));
    found.push(...specFindings(version, older, "forward", subjects));
    found.push(...meaningFindings(version, older, subjects));
  }
  return merge(found.map((finding) => ({ finding }))).map(({ finding }) => finding);
}

export function textOf(findings: readonly Finding[]): string {
  return findings.map(findingLines).join("");
}
