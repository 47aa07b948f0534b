/**
 * `npm run scaling`: computes what docs/scaling.md shows from the measured figures beside it, and draws its plot. With
 * `--write` into docs, else only says whether they are what it computes (exit code 1: they aren't).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadDeclarations } from "../../scripts/k8s/declarations.ts";
import { withTables } from "./scaling/document.ts";
import { figuresOf } from "./scaling/figures.ts";
import { readMeasured } from "./scaling/measured.ts";
import { plotOf } from "./scaling/plot.ts";
import { tablesOf } from "./scaling/tables.ts";

const docs = resolve(import.meta.dirname, "../../docs");

/** Each generated file with its whole text, by its path in docs. */
export async function scalingDocs(): Promise<ReadonlyMap<string, string>> {
  const measured = readMeasured();
  const figures = figuresOf(await loadDeclarations(), measured);
  const text = readFileSync(join(docs, "scaling.md"), "utf8");
  return new Map([
    ["scaling.md", withTables(text, tablesOf(figures, measured))],
    ["scaling/on-sale.svg", plotOf(figures.onSale.filter(({ policy }) => policy.shown))],
  ]);
}

if (import.meta.main) {
  const stale: string[] = [];
  for (const [path, text] of await scalingDocs()) {
    const file = join(docs, path);
    if (process.argv.includes("--write")) writeFileSync(file, text);
    else if (readFileSync(file, "utf8") !== text) stale.push(path);
  }
  for (const path of stale)
    process.stderr.write(`docs/${path} is not what is computed: npm run scaling -- --write\n`);
  process.exitCode = stale.length > 0 ? 1 : 0;
}
