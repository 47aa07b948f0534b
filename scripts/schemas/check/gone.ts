import type { Finding, Place } from "../finding.ts";
import { fingerprintOf } from "../fingerprint.ts";
import type { SchemaVersion, SubjectHistory } from "../version.ts";
import type { Baseline } from "./comparisons.ts";
import type { Found } from "./merge.ts";

/** What is known beside the versions, to say who is affected. */
export interface Surroundings {
  /** Text of the checkout's `topics.ts`, to point into it. */
  readonly topicsSource: string;
  readonly topicsFile: string;
  /** Workers that read any record of a topic. */
  readonly readersOf: (topic: string) => readonly string[];
}

/**
 * Subjects that a baseline has and the checkout hasn't: records of them may lie in the topic for ever, and a worker
 * that meets one takes it for somebody else's and skips it without a word.
 */
export function goneSubjects(
  checkout: readonly SubjectHistory[],
  baselines: readonly Baseline[],
  around: Surroundings,
): Found[] {
  const standing = new Set(checkout.map(({ subject }) => subject));
  const found: Found[] = [];
  for (const { histories, keepsGone = false } of baselines) {
    for (const { subject, versions, retired } of histories) {
      const last = versions.at(-1);
      if (last === undefined || retired === true || standing.has(subject)) continue;
      const before = new Set(histories.filter((each) => each.retired !== true).map((each) => each.subject));
      const home = newHome(last.record, checkout, before);
      const severity = keepsGone ? "warning" : "error";
      found.push({ finding: goneFinding(subject, last, home, severity, around), version: last.label });
    }
  }
  return found;
}

/** A subject of the same record that is new in the checkout. */
function newHome(
  record: string,
  checkout: readonly SubjectHistory[],
  before: ReadonlySet<string>,
): string | undefined {
  return checkout.find(({ subject, versions }) => versions.at(-1)?.record === record && !before.has(subject))
    ?.subject;
}

function goneFinding(
  subject: string,
  last: SchemaVersion,
  home: string | undefined,
  severity: Finding["severity"],
  around: Surroundings,
): Finding {
  const topic = topicOf(subject);
  const rule = home === undefined ? "record-removed" : "record-moved";
  const pointer = "";
  const to = home === undefined ? undefined : topicOf(home);
  const identity = { rule, record: last.record, pointer, from: topic, ...(to !== undefined && { to }) };
  const readers = around.readersOf(topic);
  const stays = `records of it that lie in topic '${topic}' are no longer anybody's`;
  return {
    ...identity,
    category: "compatibility",
    severity,
    subjects: [subject],
    at: placeOf(topic, around),
    against: { file: last.file, line: 1, column: 1, pointer },
    what:
      to === undefined
        ? `record '${last.record}' was removed from topic '${topic}'`
        : `record '${last.record}' was moved from topic '${topic}' to '${to}'`,
    who:
      readers.length === 0
        ? [`nobody reads topic '${topic}'; ${stays}`]
        : readers.map((worker) => `${worker} reads topic '${topic}' and skips them: ${stays}`),
    fix:
      to === undefined
        ? `keep '${last.record}' in '${topic}' until no record of it can be in the topic or its dead letters any more`
        : `keep '${last.record}' in '${topic}' as well until no record of it can be there any more`,
    fingerprint: fingerprintOf(identity),
  };
}

/** A full name has no hyphen, a topic's name may. */
function topicOf(subject: string): string {
  return subject.slice(0, subject.lastIndexOf("-"));
}

/** Where the topic is declared; where it isn't any more, the top of the file. */
function placeOf(topic: string, { topicsSource, topicsFile }: Surroundings): Place {
  const index = topicsSource.indexOf(`name: "${topic}"`);
  if (index === -1) return { file: topicsFile, line: 1, column: 1, pointer: "" };
  const before = topicsSource.slice(0, index).split("\n");
  return { file: topicsFile, line: before.length, column: (before.at(-1) ?? "").length + 1, pointer: "" };
}
