import { spawnSync } from "node:child_process";
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
      needs: z.union([z.string(), z.array(z.string())]).optional(),
      permissions: z.record(z.string(), z.enum(["read", "write", "none"])).optional(),
      steps: z.array(
        z.object({
          name: z.string().optional(),
          id: z.string().optional(),
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

t.test("a release has everything, each with its provenance, and comes after the tests", async (t) => {
  const { jobs } = Workflow.parse(parse(readFileSync(join(root, ".github/workflows/release.yml"), "utf8")));
  const needs = Object.entries(jobs).map(([name, { needs = [] }]) => [name, [needs].flat()]);
  t.same(Object.fromEntries(needs), {
    ...{ test: [], build: ["test"], image: ["test"], release: ["build", "image"] },
  });
  const using = (job: string, action: string) =>
    (jobs[job]?.steps ?? []).flatMap(({ uses, with: given }) =>
      uses?.startsWith(`${action}@`) ? [given ?? {}] : [],
    );
  const filledIn = (expression: string) => `\${{ ${expression} }}`;
  const executable = `release/boxoffice-${filledIn("matrix.target")}`;
  t.same(using("build", "actions/attest"), [
    { "subject-path": executable },
    { "subject-path": executable, "sbom-path": `${executable}.cdx.json` },
  ]);
  t.match(using("image", "docker/build-push-action"), [
    { push: true, platforms: "linux/amd64,linux/arm64", sbom: true, provenance: "mode=max" },
  ]);
  t.match(using("image", "actions/attest"), [{ "subject-digest": filledIn("steps.push.outputs.digest") }]);
  for (const job of ["build", "image"])
    t.match(jobs[job]?.permissions, { "id-token": "write", attestations: "write" }, job);
});

/** The one step of a workflow that says this of itself. */
function scriptOf(file: string, job: string, told: string): string {
  const { jobs } = Workflow.parse(parse(readFileSync(join(root, ".github/workflows", file), "utf8")));
  const step = jobs[job]?.steps.find(({ name, id }) => name === told || id === told);
  if (step?.run === undefined) throw new Error(`no step '${told}' in ${file}`);
  return step.run;
}

/** As the runner does. */
function bash(script: string, env: Readonly<Record<string, string>>) {
  const { PATH = "" } = process.env;
  return spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
    ...{ cwd: root, encoding: "utf8", env: { PATH, ...env } },
  });
}

t.test("a release is refused whose tag isn't the version that its executable will tell", async (t) => {
  const script = scriptOf("release.yml", "test", "The tag names the version of package.json");
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  t.equal(bash(script, { TAG: `v${version}` }).status, 0);
  for (const TAG of [version, `v${version}-rc.1`, "v999.0.0"]) t.equal(bash(script, { TAG }).status, 1, TAG);
});

t.test("the released image's name is lower case, whatever the owner's is", async (t) => {
  const script = scriptOf("release.yml", "image", "name");
  const GITHUB_OUTPUT = join(t.testdir(), "output");
  t.equal(bash(script, { GITHUB_REPOSITORY: "Ticket-Team/BoxOffice", GITHUB_OUTPUT }).status, 0);
  t.equal(readFileSync(GITHUB_OUTPUT, "utf8"), "image=ghcr.io/ticket-team/boxoffice\n");
  const text = readFileSync(join(root, ".github/workflows/release.yml"), "utf8");
  t.notMatch(text, /ghcr\.io\/\$\{\{ github\.repository/);
});

t.test("a pull request's image is built, and run as the manifests do", async (t) => {
  const script = scriptOf(
    "ci.yml",
    "image",
    "It starts read-only, as nobody, without capabilities, and is well under 200 MB",
  );
  for (const option of ["--read-only", "--cap-drop ALL", "--user 65532", "no-new-privileges"])
    t.ok(script.includes(option), option);
  const docker = (bytes: number) => `docker() { [ "$1" = run ] || echo ${bytes}; }\n${script}`;
  t.equal(bash(docker(130_000_000), {}).status, 0);
  t.equal(bash(docker(200_000_000), {}).status, 1, "too large");
  t.equal(bash(`docker() { return 125; }\n${script}`, {}).status, 125, "doesn't start");
});

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
