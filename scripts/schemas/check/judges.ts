import type { Finding } from "../finding.ts";
import { meaningFindings, styleFindings } from "../rules/mod.ts";
import { type Direction, specFindings } from "../spec/findings.ts";
import { readVersion } from "../spec/read-version.ts";
import { SchemaTextError } from "../spec/schema-text-error.ts";
import type { Comparison } from "./comparisons.ts";
import type { Judges } from "./verdict.ts";

/** Names of the workers that read this record on this topic. */
export type RecordReaders = (topic: string, record: string) => readonly string[];

/** The specification's verdict in both directions, meaning, style; with the names of who reads the record. */
export function judgesWith(readersOf: RecordReaders): Judges {
  return {
    pair(comparison) {
      const { subject, checkout, against, backward, forward, newest } = comparison;
      // An old commit's text that never was a schema never was registered either: no record can be of it.
      if (!newest && against.label.startsWith("git:") && readVersion(against) instanceof SchemaTextError)
        return [];
      const named = (direction: Direction) =>
        specFindings(checkout, against, direction, [subject]).map((finding) =>
          withNames(finding, direction, readersFor(comparison, readersOf)),
        );
      return [
        ...(backward ? named("backward") : []),
        ...(forward ? named("forward") : []),
        ...(newest ? meaningFindings(checkout, against, [subject]) : []),
      ];
    },
    version: styleFindings,
  };
}

function readersFor({ subject, checkout }: Comparison, readersOf: RecordReaders): readonly string[] {
  return readersOf(subject.slice(0, subject.lastIndexOf("-")), checkout.record);
}

/** A record that no worker reads is judged all the same: others may, and a worker may come. */
function withNames(finding: Finding, direction: Direction, readers: readonly string[]): Finding {
  if (readers.length === 0) return finding;
  const when =
    direction === "backward"
      ? "with the new schema can't read records written before"
      : "as long as it has the older schema can't read new records";
  return { ...finding, who: readers.map((reader) => `${reader} ${when}`) };
}
