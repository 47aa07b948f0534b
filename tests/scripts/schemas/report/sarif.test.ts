import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import t from "tap";
import { repositoryPages, sarifReport } from "../../../../scripts/schemas/report/sarif.ts";
import { fineResult, fixedResult } from "./fixed-result.ts";

const schemaFile = resolve(import.meta.dirname, "../../../fixtures/sarif/sarif-2.1.0-rtm.5.json");
const ajv = new Ajv.default({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")));

t.test("sarifReport() is valid by SARIF's own schema", async (t) => {
  for (const repository of [undefined, "https://git.example/box/blob/main/"]) {
    for (const result of [fixedResult, fineResult]) {
      const log: unknown = JSON.parse(sarifReport(result, { version: "1.2.3", repository }));
      t.ok(validate(log), JSON.stringify(validate.errors));
    }
  }
  const broken: { runs: { results: { message?: unknown }[] }[] } = JSON.parse(
    sarifReport(fixedResult, { version: "1.2.3", repository: undefined }),
  );
  delete broken.runs[0]?.results[0]?.message;
  t.notOk(validate(broken), "the schema tells right from wrong");
});

t.test("sarifReport() says rule, region, what it was, fingerprint and who waived it", async (t) => {
  const log = JSON.parse(sarifReport(fixedResult, { version: "1.2.3", repository: "https://git.example/" }));
  const [run] = log.runs;
  t.same(
    run.tool.driver.rules.map(({ id, helpUri }: { id: string; helpUri: string }) => [id, helpUri]),
    ["field-removed", "type-changed", "naming"].map((rule) => [
      rule,
      `https://git.example/docs/schema-rules/${rule}.md`,
    ]),
  );
  const [removed, changed, waived] = run.results;
  t.same(removed.locations[0].physicalLocation.region, { startLine: 4, startColumn: 13, endColumn: 14 });
  t.match(removed.relatedLocations[0].physicalLocation.artifactLocation, {
    uri: "schemas/PaymentCaptured.avsc",
  });
  t.equal(changed.relatedLocations[0].physicalLocation, undefined, "a registry has no file");
  t.equal(
    changed.locations[0].physicalLocation.artifactLocation.uri,
    "schemas/Payment%2C%20captured%3A%20100%25.avsc",
  );
  t.same(removed.partialFingerprints, { "boxoffice/v1": "aaaaaaaaaaaaaaa1" });
  t.same(removed.suppressions, []);
  t.match(waived.suppressions, [
    { kind: "external", status: "accepted", justification: /until 2027-01-31 by payments team/ },
  ]);
  t.equal(run.invocations[0].exitCode, 1);
});

t.test("repositoryPages() is where the CI system shows the commit", async (t) => {
  const github = {
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_REPOSITORY: "box/office",
    GITHUB_SHA: "abc",
  };
  t.equal(repositoryPages(github), "https://github.example/box/office/blob/abc/");
  t.equal(
    repositoryPages({ CI_PROJECT_URL: "https://gitlab.example/box", CI_COMMIT_SHA: "abc" }),
    "https://gitlab.example/box/-/blob/abc/",
  );
  t.equal(repositoryPages({}), undefined);
});
