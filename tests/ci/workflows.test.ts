import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";
import { parse } from "yaml";
import * as z from "zod";

const root = resolve(import.meta.dirname, "../..");

const Workflow = z.object({
  on: z.unknown(),
  permissions: z.record(z.string(), z.enum(["read", "write", "none"])),
  concurrency: z.unknown(),
  jobs: z.record(
    z.string(),
    z.object({
      "timeout-minutes": z.number(),
      permissions: z.record(z.string(), z.enum(["read", "write", "none"])).optional(),
      steps: z.array(
        z.object({
          uses: z.string().optional(),
          run: z.string().optional(),
          with: z.record(z.string(), z.unknown()).optional(),
        }),
      ),
    }),
  ),
});

const files = globSync(".github/workflows/*.yml", { cwd: root });
const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts;

t.test("there is a workflow for tests, schemas and releases", async (t) => {
  t.same(files.map((file) => file.split("/").at(-1)).sort(), ["ci.yml", "release.yml", "schemas.yml"]);
});

for (const file of files) {
  const text = readFileSync(join(root, file), "utf8");
  t.test(`${file} asks for little, ends, and calls what there is`, async (t) => {
    const { on, permissions, jobs } = Workflow.parse(parse(text));
    t.same(permissions, { contents: "read" }, "more is for single jobs");
    t.notOk(
      JSON.stringify(on).includes("pull_request_target"),
      "a stranger's code never runs with our rights",
    );
    // Whatever a pull request names would be run as a part of the script.
    const injectable = /\$\{\{\s*(?:github\.(?:event|head_ref|ref_name|ref)|inputs|matrix)\b/;
    for (const { steps } of Object.values(jobs))
      for (const { uses, run = "", with: given } of steps) {
        t.notMatch(run, injectable, run);
        for (const [, script = ""] of run.matchAll(/npm run (?:-s )?([\w:]+)/g))
          t.ok(script in scripts, script);
        if (uses?.startsWith("actions/checkout")) t.equal(given?.["persist-credentials"], false);
        if (uses !== undefined) t.match(uses, /^\.\/|@[0-9a-f]{40}$/, uses);
      }
  });
}

t.test("each action is one commit everywhere, with its release beside it", async (t) => {
  const pins = new Map<string, string>();
  for (const file of globSync(".github/**/*.yml", { cwd: root })) {
    const text = readFileSync(join(root, file), "utf8");
    for (const [, used = ""] of text.matchAll(/uses: (.+)$/gm)) {
      if (used.startsWith("./")) continue;
      // A tag can be moved by whoever takes its repository over; a commit can't.
      const [, action = "", pin = ""] =
        /^([\w.-]+\/[\w./-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)$/.exec(used) ?? [];
      t.ok(pin, `${file}: ${used}`);
      t.equal(pins.get(action) ?? pin, pin, `${file}: ${action}`);
      pins.set(action, pin);
    }
  }
  t.ok(pins.size > 5);
});

t.test("no install runs a script of a dependency", async (t) => {
  const files = [...globSync(".github/**/*.yml", { cwd: root }), ".ci/run", "Dockerfile"];
  const installs = files.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/npm (?:ci|install|i)\b.*/g)].map(([line]) => line),
  );
  t.ok(installs.length >= 5);
  for (const line of installs) t.match(line, /^npm ci --ignore-scripts\b/);
});
