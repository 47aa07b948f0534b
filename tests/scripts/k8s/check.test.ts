import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import t from "tap";
import { stringify } from "yaml";
import { buildOverlay } from "../../../scripts/k8s/check/build.ts";
import { readManifests } from "../../../scripts/k8s/check/read.ts";
import { judge, RULES } from "../../../scripts/k8s/check/rules.ts";
import { findTool, leaveOut } from "../../left-out.ts";
import { boxoffice } from "../boxoffice.ts";
import { MISTAKES, Objects } from "./mistakes.ts";

const folder = resolve(import.meta.dirname, "../../../k8s");
const overlay = join(folder, "overlays/production");
/** Of one build by kustomize, which takes a second: only what hangs takes so long. */
const PATIENCE_MS = 300_000;
t.setTimeout(600_000);

t.test("k8s check --rules says what goes wrong without each", async (t) => {
  const { code, stdout } = await boxoffice(["k8s", "check", "--rules", "--json"]);
  t.equal(code, 0);
  const rules: { id: string; why: string }[] = JSON.parse(stdout);
  t.same(new Set(rules.map(({ id }) => id)), new Set(RULES.map(({ id }) => id)));
  t.same(new Set(MISTAKES.map(({ rule }) => rule)), new Set(rules.map(({ id }) => id)), "a mistake for each");
});

t.test("k8s check refuses what isn't manifests, exit code 2", async (t) => {
  const file = join(await temporary(t), "some.yaml");
  for (const [text, message] of [
    ["kind: Deployment\n", /is no object of Kubernetes/],
    ["a: [\n", /isn't YAML/],
  ] as const) {
    await writeFile(file, text);
    const { code, stderr } = await boxoffice(["k8s", "check", file]);
    t.equal(code, 2, text);
    t.match(stderr, message);
  }
  t.match(await boxoffice(["k8s", "check", "nowhere"]), { code: 2, stderr: /no such file or folder/ });
});

if (!findTool("kustomize", "kubectl"))
  leaveOut(t, "manifests as kustomize builds them", "kustomize is missing: install it, or kubectl");
else {
  t.test("k8s check finds nothing in the project's own overlays", async (t) => {
    const { code, stdout } = await boxoffice(["k8s", "check", "--folder", folder]);
    t.equal(code, 0, stdout);
    t.match(stdout, /they agree with the declarations/);
  });

  t.test("judge() finds each sown mistake by its rule, and nothing else", async (t) => {
    const clean = readManifests(await buildOverlay(overlay, AbortSignal.timeout(PATIENCE_MS)), overlay);
    t.same(await judge(clean, overlay), []);
    t.ok(MISTAKES.length >= 15);
    for (const { what, rule, sow } of MISTAKES) {
      const spoilt = new Objects(clean);
      sow(spoilt);
      const findings = await judge(spoilt.all, overlay);
      t.same([...new Set(findings.map((each) => each.rule))], [rule], what);
      t.ok(
        findings.every(({ message, fix }) => message !== "" && fix !== ""),
        what,
      );
    }
  });

  t.test("k8s check says what is wrong, where, and what to do; exit code 1", async (t) => {
    const spoilt = new Objects(
      readManifests(await buildOverlay(overlay, AbortSignal.timeout(PATIENCE_MS)), overlay),
    );
    for (const { rule, sow } of MISTAKES) if (rule === "keda-unknown-key") sow(spoilt);
    const file = join(await temporary(t), "all.yaml");
    await writeFile(file, spoilt.all.map((each) => stringify(each)).join("---\n"));
    const { code, stdout } = await boxoffice(["k8s", "check", file]);
    t.equal(code, 1);
    t.match(
      stdout,
      `${file}: ScaledObject/payment: spec.triggers.0.metadata.lagTreshold: KEDA's Kafka scaler knows no 'lagTreshold' (keda-unknown-key)\n  fix: `,
    );
    const json = await boxoffice(["k8s", "check", file, "--json"]);
    t.match(JSON.parse(json.stdout), {
      findings: [{ rule: "keda-unknown-key", object: "ScaledObject/payment" }],
    });
  });

  t.test("k8s check of an overlay that leaves an endpoint out can't build it: exit code 3", async (t) => {
    const copy = await temporary(t);
    await cp(folder, copy, { recursive: true });
    const endpoints = join(copy, "overlays/production/settings/endpoints.yaml");
    const text = await readFile(endpoints, "utf8");
    await writeFile(endpoints, text.replace("endpoint-redis-url", "endpoint-redis"));
    const { code, stderr } = await boxoffice(["k8s", "check", join(copy, "overlays/production")]);
    t.equal(code, 3);
    t.match(stderr, /endpoint-redis-url/);
  });

  t.test("k8s check without arguments also looks whether all is as generated", async (t) => {
    const copy = await temporary(t);
    await cp(folder, copy, { recursive: true });
    const file = join(copy, "base/payment/service.yaml");
    await writeFile(file, `${await readFile(file, "utf8")}# by hand\n`);
    const { code, stdout } = await boxoffice(["k8s", "check", "--folder", copy]);
    t.equal(code, 1);
    t.match(
      stdout,
      /base\/payment\/service\.yaml: it was edited, or a declaration changed \(not-as-generated\)/,
    );
  });
}

async function temporary(t: { teardown(end: () => Promise<void>): void }): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "boxoffice-k8s-"));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}
