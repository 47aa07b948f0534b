import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import t from "tap";
import { boxoffice } from "../boxoffice.ts";

const folder = resolve(import.meta.dirname, "../../../k8s");

t.test(
  "k8s generate --check finds the project's own files as generated, whatever the environment",
  async (t) => {
    const env = { BOXOFFICE_PROFILE: "local", TOPIC_PARTITIONS: "7", RETRY_LADDER: "1s" };
    const { code, stdout, stderr } = await boxoffice(["k8s", "generate", folder, "--check"], env);
    t.equal(code, 0, `${stdout}${stderr}`);
    t.match(stdout, /All \d+ files are as generated/);
  },
);

t.test(
  "k8s generate puts right what is missing, was edited or isn't generated any more, and nothing else",
  async (t) => {
    const copy = await mkdtemp(join(tmpdir(), "boxoffice-k8s-"));
    t.teardown(() => rm(copy, { recursive: true }));
    await cp(folder, copy, { recursive: true });
    const deployment = join(copy, "base/payment/deployment.yaml");
    const text = await readFile(deployment, "utf8");
    await writeFile(
      deployment,
      text.replace("terminationGracePeriodSeconds: 70", "terminationGracePeriodSeconds: 5"),
    );
    await rm(join(copy, "components/strimzi/users.yaml"));
    await cp(join(copy, "base/payment"), join(copy, "base/billing"), { recursive: true });
    const byHand = join(copy, "components/tls/kustomization.yaml");
    await writeFile(byHand, "# ours\n");

    const checked = await boxoffice(["k8s", "generate", copy, "--check", "--json"]);
    t.equal(checked.code, 1);
    const { changes }: { changes: { path: string; change: string }[] } = JSON.parse(checked.stdout);
    t.match(changes, [
      { path: "base/billing/deployment.yaml", change: "stale" },
      { path: "base/billing/disruption-budget.yaml", change: "stale" },
      { path: "base/billing/kustomization.yaml", change: "stale" },
      { path: "base/billing/network-policy.yaml", change: "stale" },
      { path: "base/billing/service-account.yaml", change: "stale" },
      { path: "base/billing/service.yaml", change: "stale" },
      { path: "base/payment/deployment.yaml", change: "differs" },
      { path: "components/strimzi/users.yaml", change: "missing" },
    ]);
    t.equal(changes.length, 8);

    t.equal((await boxoffice(["k8s", "generate", copy])).code, 0);
    t.equal(await readFile(deployment, "utf8"), text);
    t.equal(await readFile(byHand, "utf8"), "# ours\n");
    t.equal((await boxoffice(["k8s", "generate", copy, "--check"])).code, 0);
  },
);
