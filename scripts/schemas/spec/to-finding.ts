import { createHash } from "node:crypto";
import type { Finding } from "../finding.ts";
import type { Rule } from "../rules/rule.ts";
import type { SchemaVersion } from "../version.ts";
import type { Spot } from "./node.ts";
import { placeOf } from "./read-version.ts";

/** What a rule found, before it is put in its version's file. */
export interface Found {
  readonly at: Spot;
  /** In the older version, where there is one. */
  readonly against?: Spot | undefined;
  readonly what: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly who: readonly string[];
  readonly fix: string;
}

export interface Sides {
  readonly version: SchemaVersion;
  readonly older?: SchemaVersion;
  readonly subjects: readonly string[];
}

export function toFinding(rule: Rule, found: Found, { version, older, subjects }: Sides): Finding {
  const { at, against, what, from, to, who, fix } = found;
  return {
    rule: rule.id,
    category: rule.category,
    severity: rule.severity,
    record: version.record,
    subjects,
    at: placeOf(version, at),
    ...(against === undefined || older === undefined ? {} : { against: placeOf(older, against) }),
    what,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    who,
    fix,
    fingerprint: fingerprintOf(rule.id, version.record, at.pointer, from, to),
  };
}

/** Twelve hex digits; lines, files and versions compared with don't count, so that a waiver outlives them. */
export function fingerprintOf(
  rule: string,
  record: string,
  pointer: string,
  from: string | undefined,
  to: string | undefined,
): string {
  return createHash("sha256")
    .update(JSON.stringify([rule, record, pointer, from ?? null, to ?? null]))
    .digest("hex")
    .slice(0, 12);
}

/**
 * One finding for each fingerprint: the same thing found against a hundred older versions, or in both directions, is
 * told once, with all who are affected. The first one's places stay.
 */
export function merged(findings: readonly Finding[]): Finding[] {
  const byFingerprint = new Map<string, Finding>();
  for (const finding of findings) {
    const known = byFingerprint.get(finding.fingerprint);
    byFingerprint.set(
      finding.fingerprint,
      known === undefined
        ? finding
        : {
            ...known,
            who: [...new Set([...known.who, ...finding.who])],
            subjects: [...new Set([...known.subjects, ...finding.subjects])],
          },
    );
  }
  return [...byFingerprint.values()];
}
