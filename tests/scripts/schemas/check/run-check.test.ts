import { cpSync, existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t, { type Test } from "tap";
import { FLEET_RULES } from "../../../../scripts/schemas/check/judge-fleet.ts";
import { runCheck } from "../../../../scripts/schemas/check/run-check.ts";
import { findingLines } from "../../../../scripts/schemas/finding-lines.ts";
import { RULES } from "../../../../scripts/schemas/rules/mod.ts";
import { projectIn } from "../../../../scripts/schemas/source/project.ts";
import { type Repository, temporaryRepository } from "../../../_support/repository.ts";

const project = resolve(import.meta.dirname, "../../../..");
const SNAPSHOT = "schemas/snapshot.json";
const REQUESTED = "schemas/ReservationRequested.avsc";

interface Change extends Repository {
  edit(path: string, from: string | RegExp, to: string): void;
}

/** What all of this project's rules say about a change of it, in a repository whose main is as it is. */
async function found(t: Test, change: (repository: Change) => void): Promise<Map<string, string>> {
  const repository = temporaryRepository(t);
  const { root } = repository;
  cpSync(join(project, "schemas"), join(root, "schemas"), { recursive: true });
  repository.commit("as it is");
  change({
    ...repository,
    edit(path, from, to) {
      const before = readFileSync(join(root, path), "utf8");
      const after = before.replace(from, to);
      t.not(after, before, `${path} has what is to be changed`);
      repository.write(path, after);
    },
  });
  const { open } = await runCheck({
    ...{ project: projectIn(root), root, snapshot: join(root, SNAPSHOT), fleet: true, mayBeFirst: false },
    ...{ env: {}, now: new Date("2026-11-25T00:00:00Z"), signal: new AbortController().signal },
    against: [
      { kind: "git", ref: "main" },
      { kind: "snapshot", path: join(root, SNAPSHOT) },
    ],
  });
  return new Map(open.map(({ finding }) => [finding.rule, findingLines(finding)]));
}

const FIRST_FIELD = '"fields": [';
const withField = (field: string) => `${FIRST_FIELD}\n    ${field},`;
/** Records of the first schema of ReservationRequested, as if payment had them in a topic of its own. */
function lies(topic: string, kind: "retry" | "dlq"): (text: string) => string {
  return (text) => {
    const snapshot = JSON.parse(text);
    const subject = "reservations-boxoffice.ReservationRequested";
    const { versions } = snapshot.subjects.find((each: { subject: string }) => each.subject === subject);
    const at = { partition: 1, offset: 17 };
    snapshot.topics = snapshot.topics.filter((each: { topic: string }) => each.topic !== topic);
    snapshot.topics.push({
      ...{ topic, kind, source: "reservations", worker: "payment", read: 3 },
      ...{ skipped: 0, tombstones: 0, unframed: 0, unknown: 0 },
      ids: [{ id: versions[0].id, count: 3, first: at, last: at }],
    });
    return JSON.stringify(snapshot);
  };
}
const waiver = (expires: string) =>
  `- rule: naming\n  record: boxoffice.Concert\n  pointer: /fields/name\n  fingerprint: 0123456789abcdef\n  owner: us\n  reason: why\n  expires: ${expires}\n`;

/** Each state breaks the rule of its name; the text must say where, who and how. */
const STATES: Readonly<Record<string, readonly [change: (repository: Change) => void, says: RegExp]>> = {
  "record-removed": [
    ({ edit, remove }) => {
      edit("schemas/topics.ts", /^\s+HoldDue,\n/m, "");
      edit("schemas/topics.ts", /^\s+HoldDue,\n/m, "");
      remove("schemas/HoldDue.avsc");
    },
    /^schemas\/topics\.ts:\d+:\d+: error: record 'boxoffice\.HoldDue' was removed from topic 'reservations'.*\n.*\n\s+who: expiry reads topic 'reservations' and skips them(.|\n)*fix: keep/,
  ],
  "record-moved": [
    ({ edit }) => {
      edit("schemas/topics.ts", /(records: \[\n(?:.*\n)*?)\s+HoldDue,/, "$1");
      edit("schemas/topics.ts", "[PaymentCaptured,", "[HoldDue, PaymentCaptured,");
    },
    /^schemas\/topics\.ts:\d+:\d+: error: record 'boxoffice\.HoldDue' was moved from topic 'reservations' to 'payments'(.|\n)*who: expiry reads(.|\n)*fix: keep/,
  ],
  "breaks-deployed-worker": [
    ({ edit }) => edit(REQUESTED, /.*"name": "card".*\n/, ""),
    /^schemas\/ReservationRequested\.avsc:\d+:\d+: warning: .*payment.* as deployed now can't read(.|\n)*who: payment as deployed now halts at what .*intake(.|\n)*fix: deploy .*payment/,
  ],
  "unreadable-record": [
    ({ edit }) =>
      edit(REQUESTED, FIRST_FIELD, withField('{ "name": "note", "type": "string", "doc": "Why." }')),
    /^schemas\/ReservationRequested\.avsc:7:\d+: error: .*payment.* can't read any record(.|\n)*who: payment can't read \d+ records in reservations written under schema \d+, e\.g\. partition(.|\n)*fix: give the field a default/,
  ],
  "unreplayable-letters": [
    ({ edit, root, write }) => {
      edit(REQUESTED, FIRST_FIELD, withField('{ "name": "note", "type": "string", "doc": "Why." }'));
      write(SNAPSHOT, lies("reservations.payment.dlq", "dlq")(readFileSync(join(root, SNAPSHOT), "utf8")));
    },
    /^schemas\/ReservationRequested\.avsc:7:\d+: error: payment can't read dead letters of reservations\.payment\.dlq(.|\n)*who: payment can't read 3 dead letters .* partition 1, offset 17: a replay would halt(.|\n)*fix: give/,
  ],
  "record-no-longer-read": [
    ({ edit, root, write }) => {
      edit(REQUESTED, '"namespace": "boxoffice"', '"namespace": "mall"');
      const retry = lies("reservations.payment.retry.1s", "retry");
      write(SNAPSHOT, retry(readFileSync(join(root, SNAPSHOT), "utf8")));
    },
    /^workers\/payment\/worker\.ts:1:1: error: payment no longer reads 'boxoffice\.ReservationRequested'(.|\n)*who: payment would skip 3 outstanding records in reservations\.payment\.retry\.1s(.|\n)*fix: let payment read/,
  ],
  "unusable-reader": [
    ({ edit }) =>
      edit(REQUESTED, FIRST_FIELD, withField('{ "name": "type", "type": "int", "doc": "A.", "default": 0 }')),
    /^schemas\/ReservationRequested\.avsc:\d+:\d+: error: .*payment.* can't start(.|\n)*who: payment reads it and would not start(.|\n)*fix: correct the schema/,
  ],
  "unusable-writer": [
    ({ edit }) =>
      edit(
        REQUESTED,
        FIRST_FIELD,
        withField('{ "name": "big", "type": "long", "doc": "A.", "default": 9007199254740993 }'),
      ),
    /^schemas\/ReservationRequested\.avsc:\d+:\d+: error: .*intake.* can't start(.|\n)*who: intake may emit it and would not start(.|\n)*fix: correct the schema/,
  ],
  "waiver-expired": [
    ({ write }) => write("schemas/waivers.yaml", waiver("2026-11-24")),
    /^schemas\/waivers\.yaml:1:\d+: error: the waiver of us for naming .* expired on 2026-11-24(.|\n)*who: what it waived is found again(.|\n)*fix: finish the change/,
  ],
  "waiver-unused": [
    ({ write }) => write("schemas/waivers.yaml", waiver("2026-11-25")),
    /^schemas\/waivers\.yaml:1:\d+: error: the waiver of us for naming .* waives nothing(.|\n)*who: (.|\n)*fix: remove the entry/,
  ],
  "waiver-malformed": [
    ({ write }) => write("schemas/waivers.yaml", waiver("soon")),
    /^schemas\/waivers\.yaml:1:\d+: error: the waiver expires on 'soon', which is no date(.|\n)*who: nothing is waived by it(.|\n)*fix: give the last day/,
  ],
};

for (const [rule, [change, says]] of Object.entries(STATES)) {
  t.test(
    `runCheck() finds ${rule} in a repository that breaks it, and says who, where and how`,
    async (t) => {
      const all = await found(t, change);
      t.match(all.get(rule), says, [...all.values()].join(""));
      const page = join(project, `docs/schema-rules/${rule}.md`);
      t.ok(existsSync(page), page);
    },
  );
}

t.test("runCheck() finds nothing in a repository that nobody changed", async (t) => {
  t.same([...(await found(t, () => {})).values()], []);
});

t.test(
  "runCheck() calls no waiver unused for what nobody looked for: letters, where topics weren't read",
  async (t) => {
    const letters = waiver("2026-11-25").replace("naming", "unreplayable-letters");
    const unread = (topics: unknown) => (text: string) => JSON.stringify({ ...JSON.parse(text), topics });
    for (const [what, edit, rules] of [
      ["all read", (text: string) => text, ["waiver-unused"]],
      ["none read", unread(null), []],
      ["some left out", (text: string) => text.replace('"skipped": 0', '"skipped": 5'), []],
    ] as const) {
      const all = await found(t, ({ root, write }) => {
        write("schemas/waivers.yaml", letters);
        write(SNAPSHOT, edit(readFileSync(join(root, SNAPSHOT), "utf8")));
      });
      t.same([...all.keys()], rules, what);
    }
  },
);

t.test("every rule that has no demonstration of its own in fixtures has a state here", async (t) => {
  const gone = ["record-removed", "record-moved"];
  const waivers = ["waiver-expired", "waiver-unused", "waiver-malformed"];
  t.same(Object.keys(STATES).sort(), [...gone, ...waivers, ...FLEET_RULES].sort());
  for (const { id } of RULES) t.notOk(Object.hasOwn(STATES, id));
});
