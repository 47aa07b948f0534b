import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { parseLine, readExport } from "../../../scripts/dlq/read-export.ts";

const LETTER = {
  boxoffice: 1,
  cluster: "c1",
  topic: "orders.billing.dlq",
  partition: 0,
  offset: 7,
  timestamp: -1,
  key: null,
  value: "AAE=",
  headers: [
    ["a", "MQ=="],
    ["a", null],
    ["", ""],
  ],
};

t.test("parseLine() takes what export writes, nulls, repeats and empty bytes included", async (t) => {
  t.same(parseLine(JSON.stringify(LETTER)), LETTER);
});

t.test("parseLine() says what is wrong with a line", async (t) => {
  t.equal(parseLine("{"), "is not JSON");
  const change = (more: object) => parseLine(JSON.stringify({ ...LETTER, ...more }));
  t.match(change({ value: "A?" }), /'value' is not base64/);
  t.match(change({ boxoffice: 2 }), /another version/);
  t.match(change({ headers: [["a"]] }), /'headers.0/);
  t.match(change({ offset: -1 }), /'offset'/);
});

t.test("readExport() names every bad line before anything is written", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "boxoffice-export-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "letters.ndjson");
  const good = JSON.stringify(LETTER);
  writeFileSync(file, `${good}\n\n${good}\nnonsense\n${good.slice(0, 20)}\n`);
  await t.rejects(readExport(file), {
    name: "UsageError",
    message: /2 of its lines .*nothing was written:\nline 4: is not JSON\nline 5: is not JSON/,
  });
  writeFileSync(file, `${good}\n${good}`);
  t.same(await readExport(file), [LETTER, LETTER]);
  await t.rejects(readExport(join(folder, "none")), { name: "UsageError", message: /Cannot read .*none/ });
});
