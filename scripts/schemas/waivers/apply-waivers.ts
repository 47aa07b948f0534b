import type { Merged } from "../check/merge.ts";
import type { Finding } from "../finding.ts";
import { fingerprintOf } from "../fingerprint.ts";
import type { ParsedWaivers, WaiverProblem } from "./parse-waivers.ts";
import { covers, isExpired, type Waiver } from "./waiver.ts";

/** A finding that somebody answers for. */
export interface WaivedFinding extends Merged {
  readonly waiver: Waiver;
}

export interface Applied {
  readonly open: readonly Merged[];
  readonly waived: readonly WaivedFinding[];
  /** About the file itself: malformed, expired and unused entries. */
  readonly problems: readonly Finding[];
}

export interface ApplyOptions {
  readonly file: string;
  /** ISO date in UTC. */
  readonly today: string;
  /** False where the waiver's rule wasn't looked at, so that it can't be told. */
  readonly isJudged: (waiver: Waiver) => boolean;
}

/** An expired waiver waives nothing. */
export function applyWaivers(
  findings: readonly Merged[],
  { waivers, problems }: ParsedWaivers,
  { file, today, isJudged }: ApplyOptions,
): Applied {
  const used = new Set<Waiver>();
  const open: Merged[] = [];
  const waived: WaivedFinding[] = [];
  for (const merged of findings) {
    const covering = waivers.filter((waiver) => covers(waiver, merged.finding));
    for (const waiver of covering) used.add(waiver);
    const waiver = covering.find((each) => !isExpired(each, today));
    if (waiver === undefined) open.push(merged);
    else waived.push({ ...merged, waiver });
  }
  const expired = waivers.filter((waiver) => isExpired(waiver, today));
  const unused = waivers.filter(
    (waiver) => !used.has(waiver) && !isExpired(waiver, today) && isJudged(waiver),
  );
  return {
    open,
    waived,
    problems: [
      ...problems.map((problem) => malformed(problem, file)),
      ...expired.map((waiver) => expiredFinding(waiver, file)),
      ...unused.map((waiver) => unusedFinding(waiver, file)),
    ],
  };
}

function malformed({ what, fix, line, column }: WaiverProblem, file: string): Finding {
  return finding(
    "waiver-malformed",
    file,
    { line, column, record: "", pointer: "" },
    what,
    "nothing is waived by it",
    fix,
  );
}

function expiredFinding(waiver: Waiver, file: string): Finding {
  const what = `the waiver of ${waiver.owner} for ${waiver.rule} at '${waiver.record}${waiver.pointer}' expired on ${waiver.expires}`;
  const fix = `finish the change and remove the entry, or ask ${waiver.owner} for a later day`;
  return finding("waiver-expired", file, waiver, what, "what it waived is found again", fix);
}

function unusedFinding(waiver: Waiver, file: string): Finding {
  const what = `the waiver of ${waiver.owner} for ${waiver.rule} at '${waiver.record}${waiver.pointer}' waives nothing: there is no finding ${waiver.fingerprint}`;
  const who = "the next finding at that place would pass for waived to whoever reads the file";
  return finding(
    "waiver-unused",
    file,
    waiver,
    what,
    who,
    "remove the entry, or copy the one that the check prints",
  );
}

type Entry = Pick<Waiver, "line" | "column" | "record" | "pointer">;

function finding(rule: string, file: string, entry: Entry, what: string, who: string, fix: string): Finding {
  const { line, column, record, pointer } = entry;
  return {
    rule,
    category: "waiver",
    severity: "error",
    record,
    subjects: [],
    at: { file, line, column, pointer },
    what,
    who: [who],
    fix,
    fingerprint: fingerprintOf({ rule, record, pointer, from: what }),
  };
}
