import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { readExport } from "../../../scripts/dlq/read-export.ts";
import { parseExported } from "../../../workers/_letters/exported-letter.ts";

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

t.test("parseExported() takes what export writes, nulls, repeats and empty bytes included", async (t) => {
  t.same(parseExported(JSON.stringify(LETTER)), LETTER);
});

t.test("parseExported() says what is wrong with a line", async (t) => {
  t.equal(parseExported("{"), "is not JSON");
  const change = (more: object) => parseExported(JSON.stringify({ ...LETTER, ...more }));
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
  const read = await readExport(file);
  t.match(read, { count: 2, clusters: ["c1"] });
  t.same(await Array.fromAsync(read.letters()), [LETTER, LETTER]);
  writeFileSync(file, "{}");
  await t.rejects(Array.fromAsync(read.letters()), /it was changed meanwhile/);
  await t.rejects(readExport(folder), { name: "UsageError", message: /it is a folder/ });
  await t.rejects(readExport(join(folder, "none")), { name: "UsageError", message: /Cannot read .*none/ });
});
