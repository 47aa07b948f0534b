import type { Finding, Place } from "../finding.ts";
import { fingerprintOf } from "../fingerprint.ts";
import type { SchemaVersion } from "../version.ts";
import { placeIn } from "./place.ts";
import { stored } from "./say.ts";
import { storedFor, type Unread } from "./unreadable-records.ts";

/** @param recordAt - this checkout's schema of a record; undefined: it has none any more */
export function unreadFindings(
  unread: readonly Unread[],
  recordAt: (record: string) => SchemaVersion | undefined,
): Finding[] {
  return unread.flatMap((each) => {
    const places = storedFor(each.writer, each.worker);
    const letters = places.filter((place) => place.in.kind === "dlq");
    const others = places.filter(
      (place) => place.in.kind !== "dlq" && (place.in.worker !== null || each.instead !== undefined),
    );
    const skips = others.map((place) => `${each.worker} would skip ${stored(place, each.writer.id)}`);
    if (skips.length === 0 && each.instead !== undefined && each.writer.newest)
      skips.push(`${each.worker} would skip what is written under schema ${each.writer.id}, the newest`);
    const lost = letters.map(
      (place) => `${each.worker} would skip ${stored(place, each.writer.id)} when it is replayed`,
    );
    return [
      ...(skips.length > 0 ? [finding("record-no-longer-read", each, skips, recordAt)] : []),
      ...(lost.length > 0
        ? [finding("unreplayable-letters", each, lost, recordAt, letters[0]?.in.topic)]
        : []),
    ];
  });
}

function finding(
  rule: string,
  { worker, writer, instead }: Unread,
  who: readonly string[],
  recordAt: (record: string) => SchemaVersion | undefined,
  dlq?: string,
): Finding {
  const { record } = writer.version;
  const own = instead ?? recordAt(record);
  const at: Place =
    own === undefined
      ? { file: `workers/${worker}/worker.ts`, line: 1, column: 1, pointer: "" }
      : placeIn(own, own.record);
  const what = dlq === undefined ? `no longer reads '${record}'` : `could not handle dead letters of ${dlq}`;
  const why =
    instead === undefined
      ? "its declaration doesn't name the record any more"
      : `it reads '${instead.record}', which has no alias '${record}'`;
  const identity = {
    rule,
    record,
    pointer: at.pointer,
    from: record,
    to: `${dlq ?? worker} ${instead?.record ?? ""}`.trim(),
  };
  return {
    rule: identity.rule,
    record: identity.record,
    ...{ category: "fleet", severity: "error", at, against: placeIn(writer.version, record), who },
    subjects: [`${writer.topic}-${record}`],
    what: `${worker} ${what} written under schema ${writer.id} (${writer.version.label}): ${why}`,
    fix:
      instead === undefined
        ? `let ${worker} read '${record}' until none of it waits for it any more`
        : `add '${record}' to the aliases of '${instead.record}'`,
    fingerprint: fingerprintOf(identity),
  };
}
