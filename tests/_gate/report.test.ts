import t from "tap";
import { createReport, parseTotals, type Totals } from "./report.ts";

function report(text: string, code: number): { readonly totals: Totals; readonly shown: string[] } {
  const shown: string[] = [];
  const { line, end } = createReport((each) => shown.push(each));
  for (const each of text.split("\n")) line(each);
  return { totals: end(code), shown };
}

const PASSED = `# Subtest: tests/a.test.ts
    ok 1 - should be equal
    1..1
ok 1 - tests/a.test.ts # time=2ms
`;

const FAILED = `# Subtest: tests/b.test.ts
    not ok 1 - should be equal
      ---
      ok 3 - a line of a diff
      ...
    1..1
not ok 2 - tests/b.test.ts # time=3ms
  ---
  exitCode: 1
  ...
`;

t.test("createReport() keeps a passed file to a line", async (t) => {
  const { totals, shown } = report(`TAP version 14\n${PASSED}\n# { total: 1, pass: 1 }`, 0);
  t.same(totals, { passed: 1, failed: 0 });
  t.same(shown, ["ok   tests/a.test.ts # time=2ms"]);
});

t.test("createReport() shows all of a failed file and counts its assertions", async (t) => {
  const { totals, shown } = report(`${PASSED}\n${FAILED}\n# { total: 4, pass: 2, fail: 2 }`, 1);
  t.same(totals, { passed: 2, failed: 2 });
  t.notOk(shown.includes("    ok 1 - should be equal"));
  for (const line of ["    not ok 1 - should be equal", "FAIL tests/b.test.ts # time=3ms", "  exitCode: 1"]) {
    t.ok(shown.includes(line), line);
  }
});

t.test("createReport() counts a failure where no assertion failed", async (t) => {
  t.same(
    report(`${PASSED}\n# { total: 1, pass: 1 }`, 1).totals,
    { passed: 1, failed: 1 },
    "by tap's exit code",
  );
  t.same(report(`${FAILED}\n# { total: 1, pass: 1 }`, 1).totals, { passed: 1, failed: 1 }, "by a file's");
  const { totals, shown } = report("Error: tap broke", 7);
  t.same(totals, { passed: 0, failed: 1 });
  t.same(shown, ["Error: tap broke"]);
});

t.test("createReport() bounds what it keeps of one file", async (t) => {
  const many = Array.from({ length: 20_000 }, (_, i) => `    ok ${i} - line`).join("\n");
  const { shown } = report(`${many}\n${FAILED}`, 1);
  t.ok(shown.length < 4_100, `${shown.length} lines`);
  t.ok(shown.includes("    ok 0 - line"));
  t.ok(shown.includes("    not ok 1 - should be equal"));
  t.equal(shown.filter((line) => line.includes("[lines left out]")).length, 1);
});

t.test("parseTotals() takes what isn't named for zero", async (t) => {
  t.same(parseTotals("# { total: 9, pass: 5, fail: 3, skip: 1 }"), { passed: 5, failed: 3 });
  t.same(parseTotals("# { total: 2, fail: 2 }"), { passed: 0, failed: 2 });
  t.equal(parseTotals("# time=433ms"), undefined);
  t.equal(parseTotals("    # { total: 9 }"), undefined);
});
