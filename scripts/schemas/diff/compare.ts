import type { SchemaVersion, SubjectHistory } from "../version.ts";
import { type Difference, differences } from "./differences.ts";

/** What became of one record since the version that it is compared with. */
export interface RecordDiff {
  readonly record: string;
  readonly file: string;
  readonly kind: "added" | "removed" | "changed" | "same";
  /** What the older version is called; null: there was none. */
  readonly since: string | null;
  /** Only of a record that is on both sides. */
  readonly differences: readonly Difference[];
}

/** By record, which several topics may carry: the newest version of each side. */
export function compare(
  checkout: readonly SubjectHistory[],
  before: readonly SubjectHistory[],
  only: readonly string[],
): RecordDiff[] {
  const [ours, theirs] = [newest(checkout), newest(before)];
  const records = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  return records
    .filter((record) => only.length === 0 || only.some((word) => names(record, word)))
    .map((record) => {
      const [now, then] = [ours.get(record), theirs.get(record)];
      const found = now && then ? differences(now, then) : [];
      const kind = !then ? "added" : !now ? "removed" : found.length > 0 ? "changed" : "same";
      return {
        ...{ record, kind, file: (now ?? then)?.file ?? "" },
        ...{ since: then?.label ?? null, differences: found },
      };
    });
}

function newest(histories: readonly SubjectHistory[]): Map<string, SchemaVersion> {
  const found = new Map<string, SchemaVersion>();
  for (const { versions, retired } of histories) {
    const version = retired ? undefined : versions.at(-1);
    if (version !== undefined) found.set(version.record, version);
  }
  return found;
}

function names(record: string, word: string): boolean {
  return record === word || record.endsWith(`.${word}`);
}
