import { DERIVING_SETTINGS, type Declarations, loadDeclarations } from "../declarations.ts";
import { FLEET, type Manifest, NAME, PART_OF } from "../manifest.ts";
import { SETTINGS } from "../pod.ts";
import { at, textsAt } from "./fields.ts";

/** Everything that one `kubectl apply` would bring, beside what it must agree with. */
export interface Scene {
  readonly objects: readonly Manifest[];
  readonly declarations: Declarations;
  /** The shared settings of its pods. */
  readonly settings: ReadonlyMap<string, string>;
  /** Whether it brings the fleet, not only a job. */
  readonly hasFleet: boolean;
}

/** @throws {ConfigError} when a shared setting that declarations depend on can't be */
export async function sceneOf(objects: readonly Manifest[]): Promise<Scene> {
  const settings = new Map(
    objects
      .filter((each) => each.kind === "ConfigMap" && isSettings(each))
      .flatMap((each) => [...textsAt(each, "data")]),
  );
  const deriving = Object.fromEntries(
    DERIVING_SETTINGS.flatMap((name) => {
      const value = settings.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const hasFleet = objects.some((each) => each.kind === "Deployment" && isOurs(each));
  return { objects, declarations: await loadDeclarations(deriving), settings, hasFleet };
}

/** Kustomize puts a hash behind the name. */
function isSettings({ metadata }: Manifest): boolean {
  return metadata.name === SETTINGS || metadata.name.startsWith(`${SETTINGS}-`);
}

export function isOurs(manifest: Manifest): boolean {
  return at(manifest, "metadata", "labels", PART_OF) === FLEET;
}

export function ofKind(scene: Scene, kind: string): readonly Manifest[] {
  return scene.objects.filter((each) => each.kind === kind);
}

export function named(scene: Scene, kind: string, name: string): Manifest | undefined {
  return ofKind(scene, kind).find(({ metadata }) => metadata.name === name);
}

const POD_MAKERS = new Set(["Deployment", "StatefulSet", "DaemonSet", "Job"]);

/** What makes pods, whoever's they are: they share the fleet's namespace. */
export function everyPodMaker(scene: Scene): readonly Manifest[] {
  return scene.objects.filter(({ kind }) => POD_MAKERS.has(kind));
}

/** Deployments and jobs of ours. */
export function podMakers(scene: Scene): readonly Manifest[] {
  return everyPodMaker(scene).filter(isOurs);
}

/** The app that an object belongs to. */
export function appOf(manifest: Manifest): string {
  return textsAt(manifest, "metadata", "labels").get(NAME) ?? manifest.metadata.name;
}

export function titleOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}
