import type { Finding } from "../finding.ts";

/** A finding and the versions against which it was made. */
export interface Found {
  readonly finding: Finding;
  /** Label of the version it was compared with; undefined: it is about one version by itself. */
  readonly version?: string;
}

/** The same finding over history, told once. */
export interface Merged {
  readonly finding: Finding;
  /** Labels, oldest first, each once; empty where nothing was compared. */
  readonly versions: readonly string[];
}

/**
 * One for each fingerprint: subjects, who and versions of all, place in the newest version concerned. Errors come
 * before warnings, then by file, line, column and rule.
 */
export function merge(found: readonly Found[]): Merged[] {
  const byPrint = new Map<string, Merged>();
  for (const { finding, version } of found) {
    const known = byPrint.get(finding.fingerprint);
    const versions = version === undefined ? [] : [version];
    byPrint.set(
      finding.fingerprint,
      known === undefined ? { finding, versions } : joined(known, finding, versions),
    );
  }
  return [...byPrint.values()].sort((a, b) => compare(a.finding, b.finding));
}

function joined(known: Merged, next: Finding, versions: readonly string[]): Merged {
  const severity = known.finding.severity === "error" ? "error" : next.severity;
  const subjects = union(known.finding.subjects, next.subjects);
  const who = union(known.finding.who, next.who);
  return {
    finding: { ...known.finding, ...next, severity, subjects, who },
    versions: union(known.versions, versions),
  };
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])];
}

function compare(a: Finding, b: Finding): number {
  return (
    Number(a.severity === "warning") - Number(b.severity === "warning") ||
    byText(a.at.file, b.at.file) ||
    a.at.line - b.at.line ||
    a.at.column - b.at.column ||
    byText(a.rule, b.rule) ||
    byText(a.fingerprint, b.fingerprint)
  );
}

/** By code units, the same on every machine. */
function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
