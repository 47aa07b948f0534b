import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import t from "tap";
import { FORMATS, render } from "../../../../scripts/schemas/report/render.ts";
import { fineResult, fixedResult } from "./fixed-result.ts";

const folder = resolve(import.meta.dirname, "../../../fixtures/schema-reports");
const options = { coloured: false, version: "0.0.0", repository: "https://git.example/box/blob/4f2c1e9/" };

/** TAP_SNAPSHOT=1 writes what is there now: read the difference before it is committed. */
function expected(name: string, now: string): string {
  const path = join(folder, name);
  if (process.env.TAP_SNAPSHOT === "1") writeFileSync(path, now);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

for (const format of FORMATS) {
  t.test(`render() writes ${format} as it always did`, async (t) => {
    const found = render(format, fixedResult, options);
    t.equal(found, expected(`${format}.txt`, found));
    const fine = render(format, fineResult, options);
    t.equal(fine, expected(`${format}-fine.txt`, fine));
    t.not(found, fine);
  });
}

t.test("render() colours text at a terminal only", async (t) => {
  const coloured = render("text", fixedResult, { ...options, coloured: true });
  t.ok(coloured.includes("\u001b[31merror\u001b[39m"));
  t.equal(stripVTControlCharacters(coloured), render("text", fixedResult, options));
});

t.test("render() makes a comment that GitHub takes of however much is found", async (t) => {
  const many = <T>(items: readonly T[]) => Array.from({ length: 500 }, () => items).flat();
  const result = { ...fixedResult, open: many(fixedResult.open), waived: many(fixedResult.waived) };
  const comment = render("markdown", result, options);
  t.ok(comment.length < 65_536, `${comment.length} characters`);
  t.equal(comment.match(/… and \d+ more: see the log/g)?.length, 3, "and says so");
});

t.test("render() lets no schema's text move the cursor or forge a line", async (t) => {
  for (const format of ["text", "github"] as const) {
    const lines = render(format, fixedResult, options).split("\n");
    t.notOk(lines.some((line) => line.startsWith("::error::forged")));
    if (format === "text") t.notOk(lines.join("").includes("\u001b"));
  }
});
