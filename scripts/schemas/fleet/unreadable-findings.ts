import type { Finding } from "../finding.ts";
import { fingerprintOf } from "../fingerprint.ts";
import type { Own } from "./broken-readers.ts";
import { fixFor } from "./fix-for.ts";
import { placeIn } from "./place.ts";
import type { Unusable } from "./readers.ts";
import { list, recordsWord, stored } from "./say.ts";
import { isStored, storedFor, type Unreadable } from "./unreadable-records.ts";
import type { UpgradeOrder } from "./upgrade-order.ts";

/** One for each cause: whom it stops is in `who`, with where the records lie; the letters are a finding of their own. */
export function unreadableFindings(
  unreadable: readonly Unreadable[],
  { scannedAll, order }: { readonly scannedAll: boolean; readonly order: UpgradeOrder },
): Finding[] {
  const live = grouped(unreadable, causeOf).map((same) => {
    // Old versions of which nothing is left matter only to who kept a copy; what is only written now, to the order.
    const matters = same.some(({ writer }) => isStored(writer) || !scannedAll);
    const isOrdered = order.verdict !== "impossible" || !same.some(({ writer }) => writer.newest);
    return finding("unreadable-record", same, {
      severity: matters || !isOrdered ? "error" : "warning",
      who: same.flatMap((each) => whoReads(each)),
    });
  });
  const inLetters = unreadable.flatMap((each) =>
    storedFor(each.writer, each.worker)
      .filter((place) => place.in.kind === "dlq")
      .map((place) => ({ ...each, place })),
  );
  const letters = grouped(inLetters, (each) => `${each.place.in.topic} ${causeOf(each)}`).map((same) => {
    const dlq = same[0]?.place.in.topic ?? "";
    const who = same.map(
      ({ worker, writer, place }) =>
        `${worker} can't read ${stored(place, writer.id)}: a replay would halt its partition`,
    );
    return finding("unreplayable-letters", same, { severity: "error", who, dlq });
  });
  return [...live, ...letters];
}

function causeOf({ reader, fault }: Unreadable): string {
  return JSON.stringify([reader.record, fault.path, fault.reason]);
}

function whoReads({ worker, writer }: Unreadable): string[] {
  const places = storedFor(writer, worker).filter((place) => place.in.kind !== "dlq");
  if (places.length > 0) return places.map((place) => `${worker} can't read ${stored(place, writer.id)}`);
  const what = writer.newest ? "the newest that is registered" : "an older version";
  return [`${worker} can't read what is written under schema ${writer.id}, ${what}`];
}

interface Told {
  readonly severity: Finding["severity"];
  readonly who: readonly string[];
  readonly dlq?: string;
}

function finding(rule: string, same: readonly Unreadable[], { severity, who, dlq }: Told): Finding {
  const [first] = same;
  if (first === undefined) throw new RangeError("Cannot tell of a finding without a case of it");
  const { reader, writer, fault } = first;
  const at = placeIn(reader, fault.path);
  const identity = {
    ...{ rule, record: reader.record, pointer: at.pointer, from: fault.reason },
    ...(dlq !== undefined && { to: dlq }),
  };
  const workers = list(same.map(({ worker }) => worker));
  const versions = list(same.map((each) => `schema ${each.writer.id} (${each.writer.version.label})`));
  const example = fault.always ? "" : `, e.g. ${fault.shows}`;
  const what = dlq === undefined ? recordsWord(fault) : `dead letters of ${dlq}`;
  return {
    rule: identity.rule,
    record: identity.record,
    ...{ category: "fleet", severity, at, against: placeIn(writer.version, fault.path) },
    subjects: [...new Set(same.map((each) => `${each.writer.topic}-${reader.record}`))].sort(),
    what: `${workers} can't read ${what} written under ${versions}: '${fault.path}' ${fault.reason}${example}`,
    who: [...new Set(who)],
    fix: fixFor(fault),
    fingerprint: fingerprintOf(identity),
  };
}

/** A schema that the runtime itself refuses, by what workers do with it. */
export function unusableFindings(
  rule: "unusable-reader" | "unusable-writer",
  unusable: readonly Unusable[],
  own: readonly Own[],
): Finding[] {
  return grouped(unusable, ({ version, reason }) => `${version.record} ${reason}`).flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { version, reason } = first;
    const identity = { rule, record: version.record, pointer: "", from: reason };
    const does = rule === "unusable-reader" ? "reads" : "may emit";
    const topics = own.filter((each) => each.version.record === version.record);
    return [
      {
        rule: identity.rule,
        record: identity.record,
        ...{ category: "fleet" as const, severity: "error" as const, at: placeIn(version, version.record) },
        subjects: topics.map(({ topic }) => `${topic}-${version.record}`),
        what: `${list(same.map(({ worker }) => worker))} can't start with the schema of '${version.record}': ${reason}`,
        who: [...new Set(same.map(({ worker }) => `${worker} ${does} it and would not start`))],
        fix: "correct the schema so that the runtime takes it",
        fingerprint: fingerprintOf(identity),
      },
    ];
  });
}

function grouped<T>(items: readonly T[], key: (item: T) => string): T[][] {
  return [...Map.groupBy(items, key).values()];
}
