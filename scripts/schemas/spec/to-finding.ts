import type { Finding } from "../finding.ts";
import { fingerprintOf } from "../fingerprint.ts";
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
  const identity = {
    rule: rule.id,
    record: version.record,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  return {
    ...identity,
    category: rule.category,
    severity: rule.severity,
    subjects,
    at: placeOf(version, at),
    ...(against === undefined || older === undefined ? {} : { against: placeOf(older, against) }),
    what,
    who,
    fix,
    fingerprint: fingerprintOf({ ...identity, pointer: at.pointer }),
  };
}
