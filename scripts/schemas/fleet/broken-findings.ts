import type { Finding } from "../finding.ts";
import { fingerprintOf } from "../fingerprint.ts";
import type { Broken } from "./broken-readers.ts";
import { fixFor } from "./fix-for.ts";
import { placeIn } from "./place.ts";
import { list, recordsWord } from "./say.ts";
import { orderSentence, type UpgradeOrder } from "./upgrade-order.ts";

/** What deploying in the wrong order would halt: a warning, unless there is no right one. */
export function brokenFindings(broken: readonly Broken[], order: UpgradeOrder): Finding[] {
  const causes = Map.groupBy(broken, ({ writer, fault }) =>
    JSON.stringify([writer.record, fault.path, fault.reason]),
  );
  return [...causes.values()].flatMap((same): Finding[] => {
    const [first] = same;
    if (first === undefined) return [];
    const { writer, reader, fault } = first;
    const at = placeIn(writer, fault.path);
    const identity = {
      rule: "breaks-deployed-worker",
      record: writer.record,
      pointer: at.pointer,
      from: fault.reason,
    };
    const example = fault.always ? "" : `, e.g. ${fault.shows}`;
    return [
      {
        rule: identity.rule,
        record: identity.record,
        ...{ category: "fleet", severity: order.verdict === "impossible" ? "error" : "warning" },
        ...{ at, against: placeIn(reader, fault.path) },
        subjects: [...new Set(same.map(({ topic }) => `${topic}-${writer.record}`))].sort(),
        what: `${list(same.map(({ worker }) => worker))} as deployed now can't read ${recordsWord(fault)} of '${writer.record}' of this checkout: '${fault.path}' ${fault.reason}${example}`,
        who: same.map(({ worker, producers }) => whoHalts(worker, producers)),
        fix: order.verdict === "ordered" ? orderSentence(order) : fixFor(fault),
        fingerprint: fingerprintOf(identity),
      },
    ];
  });
}

function whoHalts(worker: string, producers: readonly string[]): string {
  const others = producers.filter((producer) => producer !== worker);
  return others.length === 0
    ? `${worker} as deployed now halts at what it writes itself with this checkout`
    : `${worker} as deployed now halts at what ${list(others)} ${others.length === 1 ? "writes" : "write"} with this checkout`;
}
