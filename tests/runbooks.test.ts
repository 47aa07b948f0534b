import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import t from "tap";
import { runbookOf } from "../scripts/monitoring/alert.ts";
import { asWritten } from "../scripts/monitoring/pace.ts";
import { alertGroups } from "../scripts/monitoring/rules.ts";
import { workerNames } from "../workers/all.ts";
import { COMMANDS } from "../workers/main.ts";

const folder = resolve(import.meta.dirname, "../docs/runbooks");
const pages = new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]));
const alerts = [...alertGroups(asWritten, workerNames()).values()].flat().map(({ name }) => name);

t.test("every alert has a runbook, and every runbook an alert", async (t) => {
  t.same(new Set(pages.keys()), new Set(alerts.map((name) => `${runbookOf(name)}.md`)));
});

t.test(
  "every runbook says what it means, who feels it, what to look at and do, whom to wake, when it ends",
  async (t) => {
    for (const name of alerts) {
      const text = pages.get(`${runbookOf(name)}.md`) ?? "";
      t.ok(text.startsWith(`# ${name}\n`), name);
      for (const part of [
        /^\*\*Customers\*\*/m,
        /^## Look first$/m,
        /^## What to do$/m,
        /^\*\*Wake\*\* /m,
        /^\*\*It clears\*\* /m,
      ])
        t.match(text, part, name);
    }
  },
);

t.test("runbooks name alerts, pages and commands that exist, with options that those take", async (t) => {
  for (const [file, text] of pages) {
    for (const [, page = ""] of text.matchAll(/\]\(([a-z-]+\.md)\)/g))
      t.ok(pages.has(page), `${file}: ${page}`);
    for (const [, name = ""] of text.matchAll(/`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`/g))
      if (!text.startsWith(`# ${name}`))
        t.ok(alerts.includes(name) || KUBERNETES.includes(name), `${file}: ${name}`);
    const calls = [...text.matchAll(/\bboxoffice ((?:[a-z0-9-]+)[^`\n#|>]*)/g)].map(([, call = ""]) =>
      call.trim(),
    );
    t.ok(calls.length > 0, `${file} says which commands help`);
    for (const call of calls) t.equal(await wrongIn(call), undefined, `${file}: boxoffice ${call}`);
  }
});

t.test("docs/observability.md lists every alert with its severity and its page", async (t) => {
  const guide = readFileSync(resolve(folder, "../observability.md"), "utf8");
  const rows = [...guide.matchAll(/^\| \[(\w+)\]\(runbooks\/([a-z-]+)\.md\) \| ([a-z, ]+) \|/gm)];
  t.same(
    rows.map(([, name, page, severity]) => [name, page, severity]),
    [...new Set(alerts)].map((name) => [name, runbookOf(name), severities(name)]),
  );
});

function severities(alert: string): string {
  return [...alertGroups(asWritten, workerNames()).values()]
    .flat()
    .filter(({ name }) => name === alert)
    .map(({ severity }) => severity)
    .join(", ");
}

/** In backquotes and no alert of ours. */
const KUBERNETES = ["OOMKilled"];

/** What is wrong with a command line of ours, in words. */
async function wrongIn(call: string): Promise<string | undefined> {
  const words = call.split(/\s+/);
  const entry = Object.hasOwn(COMMANDS, words[0] ?? "") ? COMMANDS[words[0] ?? ""] : undefined;
  if (entry === undefined) return `no command '${words[0]}'`;
  let command: Command = (await entry.load()).default;
  let at = 1;
  for (; command.commands.length > 0; at++) {
    const child = command.commands.find((each) => each.name() === words[at]);
    if (child === undefined) return `'${command.name()}' has no command '${words[at]}'`;
    command = child;
  }
  const options = words.slice(at).filter((word) => word.startsWith("--"));
  const unknown = options.find((word) => !command.options.some(({ long }) => long === word));
  return unknown === undefined ? undefined : `'${command.name()}' has no option '${unknown}'`;
}
