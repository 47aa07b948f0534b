import t, { type Test } from "tap";
import { actedText } from "../../../scripts/dlq/acted-text.ts";
import { auditText } from "../../../scripts/dlq/audit.ts";
import { changesText } from "../../../scripts/dlq/changes-text.ts";
import { detailText } from "../../../scripts/dlq/detail-text.ts";
import { groupsText } from "../../../scripts/dlq/groups.ts";
import { hexRows } from "../../../scripts/dlq/hex.ts";
import { listText } from "../../../scripts/dlq/list.ts";
import { bytesOf, planText, ranges } from "../../../scripts/dlq/plan-text.ts";
import { plansText } from "../../../scripts/dlq/plans.ts";
import { detail, group, LETTER, NOW, plan, row } from "./samples.ts";

function fits(t: Test, text: string): void {
  const widest = Math.max(...text.split("\n").map((line) => [...line].length));
  t.ok(widest <= 100, `fits 100 columns: ${widest}`);
}

t.test(
  "groupsText() shows counts, trend, the oldest against retention, and what became of the rest",
  async (t) => {
    const found = [group({ replaying: 500, discarded: 3 }), group({ open: 0, processed: 9 })];
    const text = groupsText({ groups: found, letters: 39_512, scanned: 50_000 }, found.slice(0, 1), NOW);
    fits(t, text);
    t.match(text, /payment +│ 39000 open +│ 3 d – 1 min ago │ 3 d +│ handle: Permanent/);
    t.match(text, /5d1e9c0b77aa41f2 +│ 500 replaying │ ▁▁▂▂█ +│ of 30 d │ the gateway refused/);
    t.match(text, /3 discarded/);
    t.match(text, /39000 open in 1 groups; 50000 letters looked at/);
    t.match(text, /1 more groups with nothing open: --all/);
    t.equal(groupsText({ groups: [], letters: 0, scanned: 4 }, [], NOW), "No dead letters (4 looked at)\n");
  },
);

t.test("listText() names each letter, and how to go on", async (t) => {
  const letters = [row(), row({ key: null, edited: true, replays: 2, expiresAt: NOW + 3_600_000 })];
  const text = listText({ letters, next: "abc" }, NOW, " --remote http://c");
  fits(t, text);
  t.match(text, /reservations\.payment\.dlq-3-1412 │ 1 h ago/);
  t.match(text, /\(no key\) +│ expires in 1 h │ 2 replays/);
  t.match(text, /--after 'abc'/);
  t.match(text, `npx boxoffice dlq show ${LETTER} --remote http://c\n`);
  t.equal(listText({ letters: [], next: undefined }, NOW), "No dead letters match\n");
});

t.test(
  "detailText() shows decoded beside raw, headers apart, history, newer events, schema and trace",
  async (t) => {
    const text = detailText(detail(), NOW, "");
    fits(t, text);
    t.match(text, /"amount": 5000/);
    t.match(text, /masked: customerId \(--personal shows them\)/);
    t.match(text, /000000 {2}00 01 41 +\.\.A/);
    t.match(text, /Headers of its own\n {2}trace\\u001b\[31m/);
    t.match(text, /none +\(null\)/);
    t.match(text, /bin +base64:\/wA=/);
    t.match(text, /Headers that Boxoffice added\n {2}bo-id/);
    t.match(text, /schema {6}7\n/);
    t.match(text, /trace id {4}0af7651916cd43dd8448eb211c80319c/);
    t.match(text, /reservations-3-99100 {2}CancellationRequested {2}1 min ago/);
    t.match(text, /npx boxoffice dlq plan reservations\.payment\.dlq-3-1412/);
    t.notMatch(text, "\x1b");
  },
);

t.test("detailText() of an edited letter tells who edited it, and what that changes", async (t) => {
  const { decoded } = detail();
  const changes = [{ path: "currency", before: "XXX", after: "EUR" }];
  const text = detailText(
    detail({ edit: { by: "ada", reason: "INC-12", time: NOW, decoded, changes } }),
    NOW,
    "",
  );
  t.match(text, /Edited by ada, 2026-11-24 03:12:05Z: INC-12\n/);
  t.match(text, /what it changes\n {2}currency\n {4}- "XXX"\n {4}\+ "EUR"\n/);
});

t.test("detailText() tells what can't be decoded, is null, empty, hidden or unknown", async (t) => {
  const broken = detail({
    decoded: { ok: false, schemaId: 9, error: "Unresolvable", reason: "no field 'x'" },
    raw: { key: null, value: null },
    newer: "unknown",
    outcome: "discarded",
  });
  const text = detailText(broken, NOW, "");
  t.match(text, /cannot be decoded: Unresolvable: no field 'x'/);
  t.match(text, /a tombstone: the value is null/);
  t.match(text, /unknown: its source log is gone there/);
  t.notMatch(text, /dlq plan/, "nothing to do with what is not open");
  t.match(detailText(detail({ raw: { key: null, value: "" } }), NOW, ""), /empty: 0 bytes/);
  t.match(detailText(detail({ raw: undefined, newer: "not asked" }), NOW, ""), /hidden with the personal/);
  const large = Buffer.alloc(600, 1).toString("base64");
  t.match(detailText(detail({ raw: { key: null, value: large }, bytes: 600 }), NOW, ""), /600 bytes in all/);
  t.same(hexRows(Buffer.alloc(0)), []);
});

t.test("planText() says where each goes, who would fail again, and the very next command", async (t) => {
  const text = planText(plan(), NOW);
  fits(t, text);
  t.match(text, /40000 letters frozen, nothing sent\nby ada, 5 s ago: the gateway is back/);
  t.match(text, /payment │ 40000 +│ 0-3 +│ reservations\.payment\.dlq/);
  t.match(
    text,
    /would fail again at decode +28\n +28: Cannot read schema 9\n +e\.g\. reservations\.payment\.dlq-0-4/,
  );
  t.match(text, /replayed before +7\n/);
  t.match(text, /newer events of the same key done +31 {2}e\.g\. reservations\.payment\.dlq-0-9/);
  t.match(text, /unknown \(source log gone or too long\) +4\n/);
  t.match(text, /taken by retention within a day +120\n/);
  t.match(text, /expected duration +1 min\n/);
  t.match(text, /Left out: 2 letters replayed 5 times or more/);
  t.match(text, /Left out: 12 letters that are not open/);
  t.match(text, /Next: npx boxoffice dlq replay --plan 20261124-031205000-k7f3m --canary 10\n$/);
});

t.test("planText() of the source names the other groups that would see the records", async (t) => {
  const [target] = plan().targets;
  if (target === undefined) throw new Error("a sample has a target");
  const text = planText(
    plan({
      to: "source",
      letters: 3,
      overtaken: "not checked",
      targets: [{ ...target, to: "reservations", otherGroups: ["expiry", "settlement"] }],
    }),
    NOW,
  );
  t.match(text, /reservations is also read by: expiry, settlement \(each sees them again\)/);
  t.match(text, /newer events of the same key done +unchecked/);
  t.match(text, /--plan 20261124-031205000-k7f3m --other-groups expiry,settlement\n$/);
  t.match(planText(plan({ letters: 0, targets: [] }), NOW), /Nothing to replay/);
});

t.test("plansText(), auditText(), changesText() and actedText() tell what was done", async (t) => {
  t.match(plansText([plan()], NOW), /20261124-031205000-k7f3m │ 5 s ago │ 40000 +│ worker │ ada/);
  t.equal(plansText([], NOW), "No plans\n");
  const audit = auditText([
    { time: NOW, by: "ada", action: "discard", reason: "test data", letters: 12, letter: LETTER },
  ]);
  t.match(audit, /2026-11-24 03:12:05Z │ ada │ discard │ reservations\.payment\.dlq-3-1412/);
  t.match(audit, /│ 12 +│ test data/);
  const changes = changesText({
    letter: LETTER,
    written: false,
    schemaId: 7,
    before: detail().decoded,
    after: detail().decoded,
    changes: [
      { path: "currency", before: "XXX", after: "EUR" },
      { path: "seats[2]", before: undefined, after: "A-3\x1b" },
    ],
  });
  t.equal(
    changes,
    'Changes (schema 7):\n  currency\n    - "XXX"\n    + "EUR"\n  seats[2]\n    + "A-3\\u001b"\n',
  );
  t.equal(
    actedText({ done: 2, skipped: [{ why: "replaying", letters: 1, sample: LETTER }] }, "discarded"),
    `2 discarded\n1 skipped: replaying (e.g. ${LETTER})\n`,
  );
});

t.test("ranges() and bytesOf() are short", async (t) => {
  t.equal(ranges([7, 0, 2, 1, 3]), "0-3, 7");
  t.equal(ranges([]), "");
  t.same([0, 1023, 1536, 5 * 1024 ** 3].map(bytesOf), ["0 B", "1023 B", "1.5 KiB", "5.0 GiB"]);
});
