import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";
import { parse } from "yaml";
import { z } from "zod";
import { cloneProject } from "../_support/clone.ts";
import type { Repository } from "../_support/repository.ts";

const root = resolve(import.meta.dirname, "../..");

const step = z.object({
  uses: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  run: z.string().optional(),
  shell: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const action = z.object({
  inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
  runs: z.object({ using: z.literal("composite"), steps: z.array(step) }),
});
const workflow = z.object({
  on: z.object({ pull_request: z.object({ paths: z.array(z.string()) }) }),
  permissions: z.object({ contents: z.literal("read") }),
  jobs: z.object({ check: z.object({ "timeout-minutes": z.number(), steps: z.array(step) }) }),
});
const gitlab = z.object({
  schemas: z.object({ script: z.array(z.string()), variables: z.object({ GIT_DEPTH: z.literal("0") }) }),
});

const read = (path: string): unknown => parse(readFileSync(join(root, path), "utf8"));

/** The command that GitHub would run in a pull request, with the environment that the action gives it. */
function workflowCommand(): { readonly run: string; readonly env: Readonly<Record<string, string>> } {
  const { steps } = workflow.parse(read(".github/workflows/schemas.yml")).jobs.check;
  const call = steps.find(({ uses }) => uses === "./.github/actions/schemas");
  const { inputs, runs } = action.parse(read(".github/actions/schemas/action.yml"));
  const check = runs.steps.find(({ run }) => run?.includes("schemas check"));
  const env = Object.entries(check?.env ?? {}).map(([name, value]) => [
    name,
    value.replaceAll(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, input) =>
      String(call?.with?.[input] ?? inputs[input]?.default),
    ),
  ]);
  return { run: check?.run ?? "", env: Object.fromEntries(env) };
}

interface Ended {
  readonly code: number | string;
  readonly out: string;
  readonly summary: string;
}

async function runWorkflow(
  { root: cwd }: Repository,
  run: string,
  more: Readonly<Record<string, string>>,
): Promise<Ended> {
  const summary = join(cwd, "summary.md");
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    CI: "true",
    GITHUB_BASE_REF: "main",
    GITHUB_STEP_SUMMARY: summary,
    ...more,
  };
  // As GitHub starts a step with `shell: bash`.
  execFile(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", "-c", run],
    { cwd, env },
    (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, out: stdout + stderr, summary: readFileSync(summary, "utf8") }),
  );
  return await promise;
}

const without = (text: string, field: string): string =>
  text
    .split("\n")
    .filter((line) => !line.includes(`"name": "${field}"`))
    .join("\n");

t.test("the workflow's own command says at the line who breaks, and until when it is waived", async (t) => {
  const { run, env } = workflowCommand();
  t.match(run, /npx boxoffice schemas check/);
  const repository = cloneProject(t);

  const fine = await runWorkflow(repository, run, env);
  t.equal(fine.code, 0, fine.out);
  t.match(fine.out, /^0 errors/m);

  const file = "schemas/ReservationRequested.avsc";
  repository.write(file, without(readFileSync(join(repository.root, file), "utf8"), "card"));
  repository.commit("no card any more");
  const broken = await runWorkflow(repository, run, env);
  t.equal(broken.code, 1, broken.out);
  t.match(
    broken.out,
    /^::error file=schemas\/ReservationRequested\.avsc,line=\d+,.*title=field-removed::.*'card'.*payment/m,
  );
  t.match(broken.summary, /^## Schemas: breaking/);
  t.match(JSON.parse(readFileSync(join(repository.root, "schemas.sarif"), "utf8")), { version: "2.1.0" });

  const asked = run.replace("--format github", "--format json --output result.json --format github");
  await runWorkflow(repository, asked, env);
  const result: { findings: { severity: string; waiver: string }[] } = JSON.parse(
    readFileSync(join(repository.root, "result.json"), "utf8"),
  );
  rmSync(join(repository.root, "result.json"));
  const entries = result.findings
    .filter(({ severity }) => severity === "error")
    .map(({ waiver }) =>
      waiver
        .replace("owner:", "owner: payments team")
        .replace("reason:", "reason: nobody pays by card")
        .replace("expires:", "expires: 2999-12-31"),
    );
  t.ok(entries.length > 0);
  repository.write("schemas/waivers.yaml", entries.join(""));
  repository.commit("and we answer for it");
  const waived = await runWorkflow(repository, run, env);
  t.equal(waived.code, 0, waived.out);
  t.match(
    waived.out,
    /^::notice file=schemas\/ReservationRequested\.avsc,.*waived until 2999-12-31 by payments team/m,
  );
  t.notMatch(waived.out, /^::error/m);

  repository.git("checkout", "--quiet", "main", "--", file);
  const unused = await runWorkflow(repository, run, env);
  t.equal(unused.code, 1, "a waiver that nothing needs");
  t.match(unused.out, /^::error file=schemas\/waivers\.yaml,line=1,.*title=waiver-unused::/m);
});

t.test(
  "the workflow's command gives no verdict without history: 3, and an annotation says why",
  async (t) => {
    const { run, env } = workflowCommand();
    const repository = cloneProject(t);
    repository.git("update-ref", "-d", "refs/remotes/origin/main");
    const lost = await runWorkflow(repository, `: > summary.md\n${run}`, env);
    t.equal(lost.code, 3, lost.out);
    t.match(lost.out, /^::error title=Schemas%3A could not check::.*origin\/main.*fetch-depth: 0/m);
  },
);

t.test(
  "action, workflow and GitLab's job fetch the whole history and ask for what they publish",
  async (t) => {
    const { steps } = workflow.parse(read(".github/workflows/schemas.yml")).jobs.check;
    t.match(steps.find(({ uses }) => uses?.startsWith("actions/checkout@"))?.with, { "fetch-depth": 0 });
    const job = gitlab.parse(read("docs/ci/gitlab.yml")).schemas;
    t.match(job.script.join("\n"), /schemas check .*--format gitlab --output gl-code-quality-report\.json/);
  },
);
