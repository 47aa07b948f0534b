import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import t from "tap";
import { COMMANDS } from "../workers/main.ts";

const root = resolve(import.meta.dirname, "..");
const guide = readFileSync(resolve(root, "docs/operators.md"), "utf8");

t.test("each complaint of the operator's guide names a test that is there", async (t) => {
  const section = guide.slice(guide.indexOf("## Complaints"));
  const titles = [...section.matchAll(/^\| .+ \| `(.+)` \|$/gm)].map(([, title = ""]) => title);
  t.ok(titles.length >= 20, "the table was found");
  const files = globSync("tests/**/*.test.ts", { cwd: root }).map((file) =>
    readFileSync(resolve(root, file), "utf8"),
  );
  for (const title of titles)
    t.ok(
      files.some((text) => text.includes(`test("${title}"`) || text.includes(`"${title}",\n`)),
      title,
    );
});

t.test("the operator's guide names every command of dlq and jobs", async (t) => {
  for (const name of ["dlq", "jobs"] as const) {
    const command = (await COMMANDS[name]?.load())?.default;
    const names = command?.commands.map((each) => each.name()) ?? [];
    t.ok(names.length >= 8);
    for (const each of names) t.match(guide, `\`${name} ${each}`, `${name} ${each}`);
    for (const each of command?.commands ?? []) {
      let help = "";
      each.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      t.match(help, /Examples:\n {2}\$ npx boxoffice .*Exit codes: 0 /s, `${name} ${each.name()} --help`);
    }
  }
});
