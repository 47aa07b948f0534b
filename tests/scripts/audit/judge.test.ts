import { execFile } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import t from "tap";
import { parseExplanations } from "../../../scripts/audit/explanations.ts";
import { findingsIn } from "../../../scripts/audit/findings.ts";
import { complaints } from "../../../scripts/audit/judge.ts";

const root = resolve(import.meta.dirname, "../../..");

/** As npm prints it: `b` is vulnerable itself, `a` only by depending on it. */
const REPORT = {
  auditReportVersion: 2,
  vulnerabilities: {
    a: { name: "a", severity: "high", isDirect: true, via: ["b"], effects: [], range: "*", nodes: [] },
    b: {
      name: "b",
      severity: "high",
      isDirect: false,
      via: [
        {
          source: 1100001,
          name: "b",
          dependency: "b",
          title: "b runs what it reads",
          url: "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
          severity: "high",
          range: "<2.0.0",
        },
      ],
      effects: ["a"],
      range: "<2.0.0",
      nodes: ["node_modules/b"],
      fixAvailable: true,
    },
  },
  metadata: { vulnerabilities: { total: 2 } },
};
const FINDING = {
  advisory: "GHSA-aaaa-bbbb-cccc",
  package: "b",
  severity: "high",
  title: "b runs what it reads",
};
const CLEAN = { auditReportVersion: 2, vulnerabilities: {} };
const AWAY = { message: "405 Method Not Allowed", error: { summary: "", detail: "" } };
const explained = {
  advisory: "GHSA-aaaa-bbbb-cccc",
  package: "b",
  shipped: false,
  why: "it reads nothing but our own files",
  expires: "2030-01-01",
};
const TODAY = "2029-12-31";

t.test("findingsIn() names each advisory once, and tells no report from a clean one", async (t) => {
  t.same(findingsIn(JSON.stringify(REPORT)), [FINDING]);
  t.same(findingsIn(JSON.stringify(CLEAN)), []);
  for (const text of [JSON.stringify(AWAY), "", "{}", "not JSON"]) t.equal(findingsIn(text), undefined, text);
});

t.test("complaints() has none where each finding is explained, and nothing else is", async (t) => {
  t.same(complaints({ all: [], shipped: [] }, [], TODAY), []);
  t.same(complaints({ all: [FINDING], shipped: [] }, [explained], TODAY), []);
});

t.test(
  "complaints() names what is unexplained, needless, over, or about another kind of package",
  async (t) => {
    const all = [FINDING];
    const cases = [
      [complaints({ all, shipped: [] }, [], TODAY), "b: GHSA-aaaa-bbbb-cccc (high): b runs what it reads"],
      [complaints({ all, shipped: all }, [], TODAY), /\(high, shipped\)/],
      [complaints({ all: [], shipped: [] }, [explained], TODAY), /no longer found: remove it/],
      [complaints({ all, shipped: [] }, [explained], "2030-01-01"), /ended on 2030-01-01/],
      [complaints({ all, shipped: all }, [explained], TODAY), /'shipped: false', but the package is shipped/],
      [complaints({ all, shipped: [] }, [{ ...explained, package: "c" }], TODAY), /^b: GHSA/],
    ] as const;
    for (const [said, wanted] of cases) {
      t.match(said[0], wanted);
      t.ok(said.length > 0);
    }
  },
);

t.test("parseExplanations() refuses an entry without a reason or an end", async (t) => {
  t.same(parseExplanations("[]", "file"), []);
  for (const text of ["- advisory: x", "a: 1", "- [", JSON.stringify([{ ...explained, why: "fine" }])])
    t.throws(() => parseExplanations(text, "docs/advisories.yaml"), {
      name: "UsageError",
      message: /^Cannot read docs\/advisories\.yaml/,
    });
});

t.test("npm run audit ends with 0, 1, and 3 when the registry gives no report", async (t) => {
  for (const [report, code, said] of [
    [CLEAN, 0, "0 findings, 0 of them shipped"],
    [REPORT, 1, "b: GHSA-aaaa-bbbb-cccc (high, shipped)"],
    [AWAY, 3, "Cannot audit as the registry gave no report to npm"],
  ] as const) {
    // In npm's place: what it prints of a registry that no test should depend on.
    const bin = t.testdir({ npm: "" });
    writeFileSync(join(bin, "npm"), `#!/bin/sh\ncat <<'END'\n${JSON.stringify(report)}\nEND\nexit 1\n`);
    chmodSync(join(bin, "npm"), 0o755);
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
    const ended = await new Promise<{ code: unknown; text: string }>((resolve) =>
      execFile(process.execPath, ["scripts/audit/run.ts"], { cwd: root, env }, (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, text: stdout + stderr }),
      ),
    );
    t.equal(ended.code, code, ended.text);
    t.match(ended.text, said);
  }
});
