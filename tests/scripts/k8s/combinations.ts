import { cp, mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildOverlay } from "../../../scripts/k8s/check/build.ts";
import { readManifests } from "../../../scripts/k8s/check/read.ts";
import type { Manifest } from "../../../scripts/k8s/manifest.ts";

/** Copies the endpoints into the policies: without it an overlay is unfinished, which is a finding. */
const ALWAYS = "endpoints";
/** Both at once would serve the same hosts twice. */
const EITHER_OR: readonly (readonly [string, string])[] = [["gateway", "ingress"]];

/** All components that an overlay may have or not. */
export async function componentsIn(folder: string): Promise<readonly string[]> {
  return (await readdir(join(folder, "components"))).filter((name) => name !== ALWAYS).sort();
}

/**
 * Combinations of components in which each stands alone, each with each other one, and all together: what two do to one
 * another shows in a pair.
 */
export function combinationsOf(components: readonly string[]): readonly (readonly string[])[] {
  const alone = components.map((each) => [each]);
  const pairs = components.flatMap((a, i) => components.slice(i + 1).map((b) => [a, b]));
  return [[], ...alone, ...pairs.filter(goTogether), ...fullest(components)];
}

function goTogether(combination: readonly string[]): boolean {
  return !EITHER_OR.some((pair) => pair.every((each) => combination.includes(each)));
}

/** With every component, but for one of those that exclude each other. */
export function fullest(components: readonly string[]): readonly (readonly string[])[] {
  return EITHER_OR[0]?.map((without) => components.filter((each) => each !== without)) ?? [components];
}

/** Builds combinations with the settings of production, in a copy of the folder that it makes. */
export async function combiner(folder: string) {
  const copy = await mkdtemp(join(tmpdir(), "boxoffice-combinations-"));
  await cp(folder, copy, { recursive: true });
  let made = 0;
  return {
    copy,
    async build(components: readonly string[], signal: AbortSignal): Promise<readonly Manifest[]> {
      const overlay = join(copy, "overlays", `combination-${made++}`);
      await mkdir(overlay);
      await writeFile(join(overlay, "kustomization.yaml"), kustomization([ALWAYS, ...components]));
      return readManifests(await buildOverlay(overlay, signal), overlay);
    },
  };
}

function kustomization(components: readonly string[]): string {
  const paths = ["../production/settings", ...components.map((each) => `../../components/${each}`)];
  return `kind: Kustomization
namespace: boxoffice
resources: [../../base]
components: ${JSON.stringify(paths)}
`;
}
