import { hostname, userInfo } from "node:os";
import t from "tap";
import { reasonFor } from "../../../scripts/desk/ask.ts";
import { chosen, lettersOf } from "../../../scripts/desk/letters.ts";
import { operatorName } from "../../../scripts/desk/operator.ts";

t.test("operatorName() prefers --as, then BOXOFFICE_OPERATOR, then user@host", async (t) => {
  const environment = { BOXOFFICE_OPERATOR: "bea" };
  t.equal(operatorName("ada", environment), "ada");
  t.equal(operatorName(undefined, environment), "bea");
  t.equal(operatorName(undefined, {}), `${userInfo().username}@${hostname()}`);
  t.equal(operatorName(undefined, { BOXOFFICE_OPERATOR: "" }), `${userInfo().username}@${hostname()}`);
  for (const name of ["", " ", "two\nlines", "x".repeat(201)])
    t.throws(() => operatorName(name, {}), { name: "UsageError" });
});

t.test("reasonFor() takes what was given, and never goes on without", async (t) => {
  t.equal(await reasonFor(" INC-12 ", "discard"), "INC-12");
  await t.rejects(reasonFor("  ", "discard"), /Cannot discard without a reason/);
  await t.rejects(reasonFor("x".repeat(1001), "discard"), /at most 1000/);
});

t.test("chosen() leaves out what dies after it was asked, and refuses everything unasked", async (t) => {
  t.same(chosen([], { worker: ["payment"] }, "discard", 5), { worker: ["payment"], until: 5 });
  t.same(chosen(["a.b.dlq-0-1"], {}, "discard", 5), { letters: ["a.b.dlq-0-1"] });
  t.same(chosen([], { all: true }, "discard", 5), { until: 5 });
  t.throws(() => chosen([], {}, "discard", 5), /narrow it down with a filter, or say --all/);
  t.throws(() => chosen([], { all: true, worker: ["x"] }, "discard", 5), /say either/);
  t.throws(() => lettersOf(["payment"]), /Cannot take 'payment' for a letter/);
});
