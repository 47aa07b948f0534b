import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import t from "tap";
import { fleetWorkers } from "../../../../scripts/schemas/fleet/readers.ts";
import { parseSnapshot, type Snapshot } from "../../../../scripts/schemas/fleet/snapshot.ts";
import { fleetVerdict } from "../../../../scripts/schemas/fleet/verdict.ts";
import { checkoutVersions } from "../../../../scripts/schemas/source/checkout.ts";
import { loadWorkers } from "../../../../workers/all.ts";
import { paid, shop, verdict, WORKERS } from "./shop.ts";

const id = { name: "id", type: "string" };
const amount = { name: "amount", type: "long" };
const enumOf = (...symbols: string[]) => ({ type: "enum", name: "Reason", symbols });
const timestamp = (unit: string) => ({
  name: "at",
  type: { type: "long", logicalType: `timestamp-${unit}` },
});

t.test("fleetVerdict() has nothing to say of an unchanged fleet", async (t) => {
  const text = paid([id, amount]);
  const { findings, upgradeOrder, pairs } = await verdict(shop([{ text, lying: { orders: 5 } }]), text);
  t.same(findings, []);
  t.match(upgradeOrder, { verdict: "any", steps: [], why: [] });
  t.ok(pairs >= 1);
});

t.test(
  "fleetVerdict() names the worker, the stored record and both places of a field that was made up",
  async (t) => {
    const [before, now] = [paid([id]), paid([id, amount])];
    const { findings, upgradeOrder } = await verdict(shop([{ text: before, lying: { orders: 66 } }]), now);
    t.equal(findings.length, 1);
    t.match(findings[0], {
      rule: "unreadable-record",
      category: "fleet",
      severity: "error",
      record: "shop.Paid",
      subjects: ["orders-shop.Paid"],
      at: { file: "schemas/Paid.avsc", line: 7, pointer: "/fields/amount/type" },
      against: { file: "snapshot v1 of orders-shop.Paid", line: 1 },
      what: "payment can't read any record written under schema 1 (snapshot v1): 'Paid.amount' was not written, and the reader has no default for it",
      who: ["payment can't read 66 records in orders written under schema 1, e.g. partition 2, offset 40"],
      fix: /give the field a default/,
      fingerprint: /^[0-9a-f]{16}$/,
    });
    t.match(upgradeOrder, { verdict: "any" }, "whatever the order, they lie there");
  },
);

t.test(
  "fleetVerdict() says that a removed field stops the worker that reads it now, who goes first",
  async (t) => {
    const [before, now] = [paid([id, amount]), paid([id])];
    const { findings, upgradeOrder } = await verdict(shop([{ text: before, lying: { orders: 66 } }]), now);
    t.equal(findings.length, 1);
    t.match(findings[0], {
      rule: "breaks-deployed-worker",
      severity: "warning",
      at: { file: "schemas/Paid.avsc", line: 3, pointer: /name|^$/ },
      against: { file: "snapshot v1 of orders-shop.Paid", pointer: "/fields/amount/type" },
      what: /^payment as deployed now can't read any record of 'shop\.Paid' of this checkout: 'Paid\.amount' was not written/,
      who: ["payment as deployed now halts at what till writes with this checkout"],
      fix: "deploy payment first, then till; the others at any time",
    });
    t.same(upgradeOrder.verdict, "ordered");
    t.same(upgradeOrder.steps, [["payment"], ["till"]]);
    t.match(upgradeOrder.why, [
      /^payment before till: payment as it runs now can't read 'shop\.Paid' as till/,
    ]);
  },
);

t.test(
  "fleetVerdict() lets producers go first when nothing lies there that the new reader can't read",
  async (t) => {
    const [before, now] = [paid([id]), paid([id, amount])];
    const { findings, upgradeOrder } = await verdict(shop([{ text: before }]), now);
    t.match(findings, [{ rule: "unreadable-record", severity: "warning", who: [/schema 1, the newest/] }]);
    t.same(upgradeOrder.steps, [["till"], ["payment"]]);
    const unknown: Snapshot = { ...shop([{ text: before }]), topics: null };
    t.match((await verdict(unknown, now)).findings, [{ severity: "error" }], "nobody looked into the topics");
  },
);

t.test("fleetVerdict() finds no order when each must go before the other", async (t) => {
  const [before, now] = [paid([id, { name: "a", type: "int" }]), paid([id, { name: "b", type: "int" }])];
  const { findings, upgradeOrder } = await verdict(shop([{ text: before }]), now);
  t.match(upgradeOrder, { verdict: "impossible", steps: [] });
  t.equal(upgradeOrder.why.length, 2);
  t.same(findings.map(({ rule, severity }) => [rule, severity]).sort(), [
    ["breaks-deployed-worker", "error"],
    ["unreadable-record", "error"],
  ]);
});

t.test("fleetVerdict() finds what no schema says at first sight, by the data", async (t) => {
  const cases: readonly (readonly [string, object, object, RegExp, RegExp])[] = [
    [
      "a union that lost a branch",
      ["null", "string", "int"],
      ["null", "string"],
      /some records .*'Paid\.x' was written as int, which is no branch.*e\.g\. branch int/,
      /keep the branch/,
    ],
    [
      "an enum that lost a symbol",
      enumOf("A", "TOO_LATE"),
      enumOf("A"),
      /some records .*neither symbol 'TOO_LATE' nor a default.*e\.g\. symbol TOO_LATE/,
      /keep the symbol/,
    ],
    [
      "long to int",
      { type: "long" },
      { type: "int" },
      /any record .*was written as long, the reader has int/,
      /one it can be promoted to/,
    ],
    [
      "micros to millis",
      timestamp("micros").type,
      timestamp("millis").type,
      /any record .*timestamp-micros, the reader has timestamp-millis/,
      /one of the new unit beside it/,
    ],
    [
      "another scale",
      { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 },
      { type: "bytes", logicalType: "decimal", precision: 9, scale: 4 },
      /decimal of scale 2, the reader has decimal of scale 4/,
      /new unit/,
    ],
    [
      "bigints read as numbers",
      { type: "long", tsType: "bigint" },
      { type: "long" },
      /some records .*'Paid\.x' .*beyond 2\^53.*e\.g\. long -9223372036854775808/,
      /./,
    ],
  ];
  for (const [title, before, now, what, fix] of cases) {
    const of = (type: object) => paid([id, { name: "x", type }]);
    const { findings } = await verdict(shop([{ text: of(before), lying: { orders: 2 } }]), of(now));
    const found = findings.filter(({ rule }) => rule === "unreadable-record");
    t.equal(found.length, 1, title);
    t.match(found[0], { severity: "error", what, fix, at: { line: 7, pointer: "/fields/x/type" } }, title);
    t.match(found[0]?.against?.pointer, "/fields/x/type", title);
  }
});

t.test("fleetVerdict() takes promotions, wider readers, defaults and aliases", async (t) => {
  const cases: readonly (readonly [object, object])[] = [
    [{ type: "int" }, { type: "long" }],
    [
      ["null", "int"],
      ["null", "int", "string"],
    ],
    [enumOf("A"), enumOf("A", "B")],
    [enumOf("A", "B"), { ...enumOf("A"), default: "A" }],
    [{ type: "long" }, { type: "long", tsType: "bigint" }],
  ];
  for (const [before, now] of cases) {
    const of = (type: object) => paid([id, { name: "x", type }]);
    const { findings } = await verdict(shop([{ text: of(before), lying: { orders: 2 } }]), of(now));
    t.same(
      findings.filter(({ rule }) => rule === "unreadable-record"),
      [],
      JSON.stringify(now),
    );
  }
});

t.test("fleetVerdict() says that a worker would skip records of another namespace", async (t) => {
  const before = paid([id]);
  const workers = [
    { ...WORKERS[0], worker: "payment", reads: [{ topic: "orders", records: ["mall.Paid"] }], emits: [] },
  ];
  const options = { workers, record: "mall.Paid" };
  const snapshot = shop([{ text: before, lying: { orders: 7, "orders.payment.dlq": 2 } }]);
  const { findings } = await verdict(snapshot, paid([id], { namespace: "mall" }), options);
  t.match(
    findings.filter(({ rule }) => rule === "record-no-longer-read"),
    [
      {
        severity: "error",
        record: "shop.Paid",
        what: /^payment no longer reads 'shop\.Paid' written under schema 1 .*: it reads 'mall\.Paid', which has no alias 'shop\.Paid'/,
        who: [/payment would skip 7 records in orders/],
        fix: "add 'shop.Paid' to the aliases of 'mall.Paid'",
      },
    ],
  );
  t.match(
    findings.filter(({ rule }) => rule === "unreplayable-letters"),
    [{ who: [/2 dead letters in orders\.payment\.dlq/] }],
  );
  const aliased = paid([id], { namespace: "mall", aliases: ["shop.Paid"] });
  const after = await verdict(snapshot, aliased, options);
  t.same(after.findings, []);
});

t.test(
  "fleetVerdict() names the DLQ and the count of letters that could no longer be replayed",
  async (t) => {
    const [old, newer] = [paid([id]), paid([id, { ...amount, default: 0 }])];
    const lying = { "orders.payment.dlq": 3, "orders.other.dlq": 8 };
    const snapshot = shop([
      { text: old, lying },
      { text: newer, lying: { orders: 9 } },
    ]);
    const { findings } = await verdict(snapshot, paid([id, amount]));
    const letters = findings.filter(({ rule }) => rule === "unreplayable-letters");
    t.equal(letters.length, 1, "the other worker's are not this one's");
    t.match(letters[0], {
      severity: "error",
      what: /^payment can't read dead letters of orders\.payment\.dlq written under schema 1 \(snapshot v1\): 'Paid\.amount' was not written/,
      who: [
        "payment can't read 3 dead letters in orders.payment.dlq written under schema 1, e.g. partition 2, offset 40: a replay would halt its partition",
      ],
    });
    t.not(letters[0]?.fingerprint, findings.find(({ rule }) => rule === "unreadable-record")?.fingerprint);
  },
);

t.test("fleetVerdict() tells of letters of a record that the worker gave up", async (t) => {
  const text = paid([id]);
  const snapshot = shop([{ text, lying: { orders: 9, "orders.payment.dlq": 3, "orders.payment.retry": 1 } }]);
  const { findings } = await verdict(snapshot, text, {
    workers: [{ worker: "payment", reads: [], emits: [] }],
  });
  t.same(findings.map(({ rule }) => rule).sort(), ["record-no-longer-read", "unreplayable-letters"]);
  t.match(
    findings.find(({ rule }) => rule === "record-no-longer-read"),
    {
      who: [
        "payment would skip 1 outstanding record in orders.payment.retry written under schema 1, e.g. partition 2, offset 40",
      ],
      fix: /let payment read 'shop\.Paid' until/,
    },
  );
  const quiet = await verdict(shop([{ text, lying: { orders: 9 } }]), text, { workers: [] });
  t.same(quiet.findings, [], "to give up a record of which nothing waits is a decision");
});

t.test("fleetVerdict() lets who reads a new record go before who writes it", async (t) => {
  const text = paid([id]);
  const snapshot: Snapshot = { ...shop([{ text }]), subjects: [] };
  const { findings, upgradeOrder } = await verdict(snapshot, text);
  t.same(findings, []);
  t.same(upgradeOrder.steps, [["payment"], ["till"]]);
  t.match(upgradeOrder.why, [/payment as it runs now skips 'shop\.Paid', which is new/]);
});

t.test("fleetVerdict() tells of a schema that the runtime itself refuses", async (t) => {
  const text = paid([id]);
  const broken = paid([{ name: "id", type: "Nothing" }]);
  const { findings } = await verdict(shop([{ text }]), broken);
  t.match(
    findings.find(({ rule }) => rule === "unusable-reader"),
    {
      severity: "error",
      what: /^payment can't start with the schema of 'shop\.Paid': .*'shop\.Nothing'/,
    },
  );
});

t.test("a finding's fingerprint is the same whatever lies there", async (t) => {
  const of = async (orders: number) =>
    (await verdict(shop([{ text: paid([id]), lying: { orders } }]), paid([id, amount]))).findings[0]
      ?.fingerprint;
  t.equal(await of(1), await of(500));
});

t.test("fleetVerdict() on this project's own snapshot finds nothing", async (t) => {
  const root = resolve(import.meta.dirname, "../../../..");
  const file = "schemas/snapshot.json";
  const snapshot = parseSnapshot(readFileSync(resolve(root, file), "utf8"), file);
  const workers = fleetWorkers(await loadWorkers());
  const { findings, pairs } = await fleetVerdict({ snapshot, checkout: checkoutVersions(root), workers });
  t.same(
    findings.filter(({ severity }) => severity === "error"),
    [],
  );
  t.ok(pairs >= 10, `${pairs} pairs`);
});
