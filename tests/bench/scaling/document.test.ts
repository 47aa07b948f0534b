import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";
import { loadDeclarations } from "../../../scripts/k8s/declarations.ts";
import { createMetrics } from "../../../workers/_runtime/metrics.ts";
import { scalingDocs } from "../scaling.ts";
import { withTables } from "./document.ts";
import { figuresOf } from "./figures.ts";
import { readMeasured } from "./measured.ts";

const docs = resolve(import.meta.dirname, "../../../docs");
const text = readFileSync(join(docs, "scaling.md"), "utf8");

t.test("withTables() fills in tables between their marks and leaves the rest", async (t) => {
  const before = "a\n<!-- table: x -->\n\nold\n\n<!-- end -->\nb\n";
  const after = withTables(before, { x: "| new |" });
  t.equal(after, "a\n<!-- table: x -->\n\n| new |\n\n<!-- end -->\nb\n");
  t.equal(withTables(after, { x: "| new |" }), after);
  t.throws(() => withTables(before, {}), /'x'/);
  t.throws(() => withTables(before, { x: "", y: "" }), /Cannot show y /);
});

t.test("docs/scaling.md and its plot are what 'npm run scaling' computes", async (t) => {
  for (const [path, computed] of await scalingDocs())
    t.ok(
      readFileSync(join(docs, path), "utf8") === computed,
      `docs/${path}; else: npm run scaling -- --write, and read whether the text still fits`,
    );
});

t.test("docs/scaling.md says of every part that breaks how one sees it coming", async (t) => {
  const { ceilings } = figuresOf(await loadDeclarations(), readMeasured());
  const named = [...text.matchAll(/^\| (\w+) \| [^|]*`[^|]*\| [^|]+\|$/gm)].map(([, part]) => part);
  for (const part of new Set(ceilings.map((each) => each.part))) t.ok(named.includes(part), part);
});

t.test("docs/scaling.md names metrics that exist", async (t) => {
  const metrics = await createMetrics({ worker: "any" }).registry.getMetricsAsJSON();
  const known = new Set(metrics.map(({ name }) => name));
  const named = [...text.matchAll(/`((?:boxoffice|process|nodejs)_\w+)`/g)].map(([, name]) => name ?? "");
  t.ok(named.length > 5);
  for (const name of new Set(named)) t.ok(known.has(name), name);
});
