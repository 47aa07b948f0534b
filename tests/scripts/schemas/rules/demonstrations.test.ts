import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";
import { RULES } from "../../../../scripts/schemas/rules/mod.ts";
import { allFindings, DEMONSTRATIONS, schemasIn, textOf } from "./demonstration.ts";

const pages = resolve(import.meta.dirname, "../../../../docs/schema-rules");
const page = (rule: string) => readFileSync(join(pages, `${rule}.md`), "utf8");
const expected = (rule: string) => readFileSync(join(DEMONSTRATIONS, rule, "expected.txt"), "utf8");

/** Fenced blocks of a part of a page. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? "");
}

t.test("RULES have a demonstration each, and no other is there", async (t) => {
  const ids = RULES.map(({ id }) => id).sort();
  t.equal(new Set(ids).size, ids.length, "ids are unique");
  t.same(readdirSync(DEMONSTRATIONS).sort(), ids);
});

for (const { id, category, severity } of RULES) {
  t.test(`rule '${id}' finds its demonstration and says who, where and how`, async (t) => {
    const [before, after] = [schemasIn(id, "before"), schemasIn(id, "after")];
    const found = allFindings(before, after);
    t.equal(textOf(found), expected(id));
    t.same([...new Set(found.map(({ rule }) => rule))], [id], "and nothing else");
    for (const finding of found) {
      t.match(finding, { category, severity, record: /^shop\./, fingerprint: /^[0-9a-f]{16}$/ });
      t.ok(finding.who.length > 0 && finding.fix !== "" && finding.at.pointer.startsWith("/"));
      t.ok(after.has(finding.at.file), finding.at.file);
    }
    t.same(allFindings(before, before), [], "the state before has no findings");
  });

  t.test(
    `docs/schema-rules/${id}.md shows the demonstration, what is found, and what is right`,
    async (t) => {
      const text = page(id);
      t.ok(
        text.startsWith(`# ${id}\n\nCategory: ${category}. ${severity === "error" ? "Error" : "Warning"}.\n`),
      );
      const [found = "", right = ""] = text.split("\n## Right\n");
      const changed = [...schemasIn(id, "after")].filter(
        ([file, after]) => schemasIn(id, "before").get(file) !== after,
      );
      t.equal(changed.length, 1);
      const [file, after] = changed[0] ?? ["", ""];
      const before = schemasIn(id, "before").get(file);
      t.same(blocks(found, "json"), before === undefined ? [after] : [before, after]);
      t.same(blocks(found, ""), [expected(id)]);
      const [rightText = ""] = blocks(right, "json");
      const findings = allFindings(schemasIn(id, "before"), new Map([[file, rightText]]));
      t.same(
        findings.map(({ rule }) => rule),
        [],
        "what is right has no findings",
      );
      t.match(text, /\n## To waive it\n\n\S/);
    },
  );
}

t.test("docs/schema-rules/README.md lists every page once, with the rule's title", async (t) => {
  const index = page("README");
  const listed = [...index.matchAll(/^\| \[([\w-]+)\]\(\1\.md\) \| (.+) \|$/gm)];
  const files = readdirSync(pages).filter((file) => file.endsWith(".md") && file !== "README.md");
  t.same(
    listed.map((match) => `${match[1]}.md`).sort(),
    files.sort(),
    "a new page needs a row in its category's table",
  );
  const titles = new Map(listed.map((match) => [match[1], match[2]]));
  for (const { id, title } of RULES) t.equal(titles.get(id), title);
  for (const file of files) t.ok(page(file.slice(0, -3)).startsWith(`# ${file.slice(0, -3)}\n`), file);
});
