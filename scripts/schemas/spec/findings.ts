import type { Finding } from "../finding.ts";
import { unreadable } from "../rules/invalid-schema.ts";
import type { SchemaVersion } from "../version.ts";
import { incompatibilities } from "./incompatible.ts";
import { readVersion, sameText } from "./read-version.ts";
import { SchemaTextError } from "./schema-text-error.ts";
import { toFinding } from "./to-finding.ts";
import { type Direction, VERDICTS, WHO } from "./verdicts.ts";

export type { Direction } from "./verdicts.ts";

/**
 * Why `version` and `older` break one direction of compatibility, by the Avro specification alone; empty: they don't.
 * A version that can't be read at all is a finding `invalid-schema`, never fine.
 * @param subjects - carried into the findings
 */
export function specFindings(
  version: SchemaVersion,
  older: SchemaVersion,
  direction: Direction,
  subjects: readonly string[],
): Finding[] {
  const [now, before] = [readVersion(version), readVersion(older)];
  if (now instanceof SchemaTextError) return [unreadable(now, { version, subjects })];
  if (sameText(version, older)) return [];
  if (before instanceof SchemaTextError) return [unreadable(before, { version, older, subjects })];
  const reasons = direction === "backward" ? incompatibilities(now, before) : incompatibilities(before, now);
  return reasons.map((reason) => {
    const { rule, what, fix } = VERDICTS[direction][reason.kind];
    const { reader, writer, reads, written } = reason;
    const [at, against, from, to] =
      direction === "backward" ? [reader, writer, written, reads] : [writer, reader, reads, written];
    const told = { at, against, from, to, what: what(reason), who: [WHO[direction]], fix: fix(reason) };
    return toFinding(rule, told, { version, older, subjects });
  });
}
