import { CONTAINER, type Manifest } from "../manifest.ts";
import { at, listAt, textAt } from "./fields.ts";

/** The specification of the pods that a Deployment or Job makes. */
export function podOf(manifest: Manifest): unknown {
  return at(manifest, "spec", "template", "spec");
}

/** With their places: `containers.0`. */
export function containersOf(manifest: Manifest): readonly (readonly [field: string, container: unknown])[] {
  return ["initContainers", "containers"].flatMap((list) =>
    listAt(podOf(manifest), list).map((each, i) => [`spec.template.spec.${list}.${i}`, each] as const),
  );
}

/** The one that runs the executable; the first, where none has its name. */
export function mainContainer(manifest: Manifest): unknown {
  const all = listAt(podOf(manifest), "containers");
  return all.find((each) => textAt(each, "name") === CONTAINER) ?? all[0];
}

/** Variables that are written out in the manifest. */
export function variablesOf(manifest: Manifest): ReadonlyMap<string, string | undefined> {
  return new Map(
    listAt(mainContainer(manifest), "env").flatMap((each) => {
      const name = textAt(each, "name");
      return name === undefined ? [] : [[name, textAt(each, "value")] as const];
    }),
  );
}

/** What it runs: `["run", "payment"]`. */
export function argsOf(manifest: Manifest): readonly string[] {
  return listAt(mainContainer(manifest), "args").filter((each) => typeof each === "string");
}
