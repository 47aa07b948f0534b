import type { Merged } from "../check/merge.ts";
import type { Finding, Place } from "../finding.ts";
import type { Waiver } from "../waivers/waiver.ts";
import type { CheckResult } from "./check-result.ts";

/** Of a rule's page, from the repository's root. */
export function rulePage(rule: string): string {
  return `docs/schema-rules/${rule}.md`;
}

export function position({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** What changed, from what to what. */
export function change({ what, from, to }: Finding): string {
  if (from === undefined && to === undefined) return what;
  return `${what}: ${from ?? "nothing"} → ${to ?? "nothing"}`;
}

/** Which versions it concerns; undefined where nothing was compared. */
export function versionsConcerned({ finding, versions }: Merged): string | undefined {
  const place = finding.against === undefined ? undefined : position(finding.against);
  const [oldest] = versions;
  const newest = versions.at(-1);
  if (oldest === undefined || newest === undefined) return place;
  const span = versions.length === 1 ? newest : `${versions.length} versions, ${oldest} to ${newest}`;
  return place === undefined ? span : `${place} (${span})`;
}

export function waivedUntil({ expires, owner, reason }: Waiver): string {
  return `waived until ${expires} by ${owner}: ${reason}`;
}

/** `2 errors, 1 warning, 1 waived until 2026-12-31`. */
export function counted({ open, waived }: CheckResult): string {
  const errors = open.filter(({ finding }) => finding.severity === "error").length;
  const parts = [plural(errors, "error"), plural(open.length - errors, "warning")];
  const [first] = waived.map(({ waiver }) => waiver.expires).sort();
  if (first !== undefined) {
    parts.push(
      waived.length === 1 ? `1 waived until ${first}` : `${waived.length} waived, the first until ${first}`,
    );
  }
  return parts.join(", ");
}

/** What was compared with what. */
export function comparedWith({ subjects, compared, comparisons }: CheckResult): string {
  const places = compared.map(
    ({ name, subjects, versions }) =>
      `${name} (${plural(subjects, "subject")}, ${plural(versions, "version")})`,
  );
  return `Compared ${plural(subjects.length, "subject")} with ${places.join(" and ")}: ${plural(comparisons, "pair")} of versions`;
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
