import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import t from "tap";
import { judge } from "../../../scripts/k8s/check/rules.ts";
import { findTool, leaveOut } from "../../left-out.ts";
import { combinationsOf, combiner, componentsIn } from "./combinations.ts";

const folder = resolve(import.meta.dirname, "../../../k8s");

t.test("combinationsOf() has each alone, each pair that may be, and all", async (t) => {
  const [a, b, c] = ["a", "gateway", "ingress"];
  t.same(combinationsOf([a, b, c]), [[], [a], [b], [c], [a, b], [a, c], [a, c], [a, b]]);
});

if (!findTool("kustomize", "kubectl"))
  leaveOut(t, "combinations of components", "kustomize is missing: install it, or kubectl");
else {
  t.setTimeout(1_200_000);
  t.test(
    "every component alone, with each other one, and all: they build and agree with the declarations",
    async (t) => {
      const { copy, build } = await combiner(folder);
      t.teardown(() => rm(copy, { recursive: true }));
      const components = await componentsIn(folder);
      t.ok(components.length >= 10, components.join());
      const signal = AbortSignal.timeout(1_180_000);
      for (const combination of combinationsOf(components)) {
        t.same(await judge(await build(combination, signal), ""), [], combination.join(", "));
      }
    },
  );
}
