import t from "tap";
import { compileWhere } from "../../../workers/_letters/where.ts";

const facts = (event: Record<string, unknown> | undefined, letter: Record<string, unknown> = {}) => ({
  event,
  letter,
  headers: { source: ["web", "app"] },
});

t.test("compileWhere() compares ints, doubles and times with literals as people write them", async (t) => {
  const event = {
    amount: 9_007_199_254_740_991n,
    ratio: 0.5,
    at: new Date("2026-02-01T00:00:00Z"),
    tags: ["a"],
  };
  for (const [expression, answer] of [
    ["event.amount > 5000", true],
    ["event.amount == 9007199254740991", true],
    ["event.ratio < 1", true],
    ['event.at >= timestamp("2026-02-01T00:00:00Z")', true],
    ['event.at > timestamp("2026-02-01T00:00:00Z")', false],
    ['"a" in event.tags && !("b" in event.tags)', true],
    ['headers["source"][1] == "app"', true],
    ['headers["source"][9] == "app"', false],
    ["has(event.nothing)", false],
    ["event.nothing == 1", false],
    ['event["constructor"] == "x"', false],
  ] as const)
    t.same(compileWhere(expression).test([facts(event)]), [answer], expression);
});

t.test("compileWhere() leaves out letters without an event only where it asks for one", async (t) => {
  const letter = { attempts: 3n };
  const asks = compileWhere("event.a == 1 || letter.attempts == 3");
  t.equal(asks.asksEvent, true);
  t.same(asks.test([facts(undefined, letter), facts({ a: 1n }, letter)]), [false, true]);
  const byLetter = compileWhere("letter.attempts == 3");
  t.equal(byLetter.asksEvent, false);
  t.same(byLetter.test([facts(undefined, letter)]), [true]);
});

t.test("compileWhere() refuses what can't be read, naming expression and position", async (t) => {
  for (const expression of [
    "",
    "event.amount >",
    "evnt.amount > 1",
    "event.amount > 'a",
    "'text'",
    "1 + 1",
    "nope(event)",
    `event.a == "${"x".repeat(5_000)}"`,
    `event.a in [${Array.from({ length: 300 }, (_, n) => n).join(",")}]`,
    `${"(".repeat(200)}true${")".repeat(200)}`,
    `${"event.a == 1 || ".repeat(400)}true`,
  ])
    t.throws(
      () => compileWhere(expression),
      { name: "Refused", code: "invalid-filter" },
      expression.slice(0, 40),
    );
  t.throws(() => compileWhere("true && evnt.amount > 1"), {
    message: /evnt.* at character 9: current value is/,
  });
  t.throws(() => compileWhere("event.name > 5").test([facts({ name: "x" })]), { code: "invalid-filter" });
});

t.test("compileWhere() names a personal field that was left out, and tells nothing of it", async (t) => {
  const hidden = { ...facts({ n: 1n, guests: [{ seat: 1n }] }), hidden: ["card", "guests[0].name"] };
  for (const [expression, field] of [
    ['event.card == "4111"', "card"],
    ['!(event["card"].startsWith("4"))', "card"],
    ["int(event.card) > 1", "card"],
    ['event.guests.exists(g, g.name == "Bob")', "guests[0].name"],
  ] as const)
    t.throws(() => compileWhere(expression).test([hidden]), {
      code: "invalid-filter",
      message: `Cannot use 'where' as it asks for '${field}', which is personal`,
      details: [field],
    });
  t.same(compileWhere("event.n == 1 || event.card == ''").test([hidden]), [true], "not asked for");
  t.same(compileWhere("event.missing == 1").test([hidden]), [false], "what just isn't there");
  t.same(compileWhere("has(event.card)").test([hidden]), [false]);
});

t.test("compileWhere() names a field that no letter has, checkFields() one that no event has", async (t) => {
  for (const [expression, message] of [
    ["letter.attemps > 3", /no letter has a field 'attemps': did you mean 'attempts'\?$/],
    [
      "true || [1].exists(n, n == letter.zzzzzz)",
      /no letter has a field 'zzzzzz': there are attempts, .* worker$/,
    ],
  ] as const)
    t.throws(() => compileWhere(expression), { code: "invalid-filter", message });
  t.doesNotThrow(() => compileWhere('has(letter.attemps) || letter["attemps"] == 1 || letter.attempts == 1'));
  const known = new Set(["type", "amount"]);
  t.throws(() => compileWhere("event.type == 'A' && event.amuont > 5").checkFields(known), {
    code: "invalid-filter",
    message: "Cannot use 'where' as no event has a field 'amuont': did you mean 'amount'?",
    details: ["amuont"],
  });
  t.doesNotThrow(() => compileWhere("event.amount.amuont > 5 && has(event.amuont)").checkFields(known));
});

t.test("compileWhere() ends an expression that would run for ever", async (t) => {
  const hostile = [
    'event.name.matches("^(a+)+$")',
    `[${"1,".repeat(100)}1].all(a, [${"1,".repeat(100)}1].all(b, [${"1,".repeat(100)}1].all(c, event.list.all(d, event.list.all(e, a == b)))))`,
  ];
  const event = { name: `${"a".repeat(60)}b`, list: Array.from({ length: 1000 }, (_, n) => BigInt(n)) };
  for (const expression of hostile)
    t.throws(
      () => compileWhere(expression).test([facts(event)]),
      { code: "invalid-filter", message: /takes too long/ },
      expression.slice(0, 30),
    );
});
