import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import t from "tap";
import { parse, parseAllDocuments } from "yaml";
import { buildOverlay } from "../../scripts/k8s/check/build.ts";
import { findTool, leaveOut } from "../left-out.ts";
import { boxoffice } from "./boxoffice.ts";

const components = resolve(import.meta.dirname, "../../k8s/components");

t.test("monitoring rules prints the rules file that Kubernetes' PrometheusRule holds too", async (t) => {
  const { code, stdout } = await boxoffice(["monitoring", "rules"]);
  t.equal(code, 0);
  const rule = parse(await readFile(join(components, "alerts/prometheus-rule.yaml"), "utf8"));
  t.same(parse(stdout), rule.spec);
});

t.test("monitoring rules --runbooks links a site's own pages", async (t) => {
  const { stdout } = await boxoffice(["monitoring", "rules", "--runbooks", "https://wiki.example/bo/"]);
  t.match(stdout, "runbook_url: https://wiki.example/bo/breaker-open.md");
  const { code, stderr } = await boxoffice(["monitoring", "rules", "--runbooks", "wiki"]);
  t.match({ code, stderr }, { code: 2, stderr: /'--runbooks' must be a URL: current value is 'wiki'/ });
});

t.test("monitoring dashboard prints what the ConfigMaps hold, and knows its names", async (t) => {
  const maps = parseAllDocuments(await readFile(join(components, "dashboards/config-maps.yaml"), "utf8"));
  t.equal(maps.length, 3);
  for (const name of ["fleet", "worker", "dead-letters"]) {
    const { code, stdout } = await boxoffice(["monitoring", "dashboard", name]);
    t.equal(code, 0);
    t.ok(maps.some((map) => map.toJS().data[`boxoffice-${name}.json`] === stdout));
  }
  t.match(await boxoffice(["monitoring", "dashboard", "flet"]), { code: 2, stderr: /did you mean 'fleet'/ });
});

if (!findTool("kustomize", "kubectl"))
  leaveOut(t, "runbooks' address by kustomize", "kustomize is missing: install it, or kubectl");
else
  t.test("the documented replacement points every runbook at a site's own pages", async (t) => {
    const guide = await readFile(resolve(components, "../../docs/observability.md"), "utf8");
    const [, snippet = ""] = /```yaml\n# kustomization.yaml of your overlay\n([\s\S]*?)```/.exec(guide) ?? [];
    const overlay = t.testdir({
      "kustomization.yaml": `components: [${JSON.stringify("./alerts")}]\n${snippet}`,
      alerts: {
        "kustomization.yaml": await readFile(join(components, "alerts/kustomization.yaml"), "utf8"),
        "prometheus-rule.yaml": await readFile(join(components, "alerts/prometheus-rule.yaml"), "utf8"),
      },
    });
    const built = await buildOverlay(overlay, AbortSignal.timeout(600_000));
    t.notMatch(built, "boxoffice.example/runbooks");
    t.match(built, "runbook_url: https://git.example/team/boxoffice/blob/main/docs/runbooks/breaker-open.md");
  });
