import { isSettingName, settings } from "../../../workers/_runtime/config-settings.ts";
import { isSecret } from "../http-port.ts";
import type { Manifest } from "../manifest.ts";
import { at, listAt, textAt, textsAt } from "./fields.ts";
import type { Found, Rule } from "./finding.ts";
import { deployments } from "./fleet-rules.ts";
import { mainContainer } from "./pods.ts";
import { isOurs, ofKind, podMakers, type Scene, titleOf } from "./scene.ts";

export const settingsRules: readonly Rule[] = [
  {
    id: "unknown-setting",
    why: "the process never looks at it, and goes by the default",
    find: (scene) =>
      given(scene)
        .filter(({ name }) => isOurName(name) && !isSettingName(name.replace(/_FILE$/, "")))
        .map(({ object, field, name }) => ({
          ...{ object, field },
          message: `there is no setting '${name}'`,
          fix: "'boxoffice config' lists them all",
        })),
  },
  {
    id: "secret-in-plain",
    why: "whoever may read manifests, the repository among them, has it",
    find: (scene) =>
      [...given(scene), ...writtenSecrets(scene)]
        .filter(({ name, value }) => isPlainSecret(name, value))
        .map(({ object, field, name }) => ({
          ...{ object, field },
          message: `'${name}' holds a secret`,
          fix: `a key of the Secret boxoffice-secrets, as a file: ${name}_FILE; the component external-secrets fills it`,
        })),
  },
  {
    id: "service-selects-nothing",
    why: "nobody would answer behind its name",
    find: (scene) =>
      ofKind(scene, "Service")
        .filter(isOurs)
        .flatMap((each) => selectsNothing(scene, each)),
  },
];

interface Given {
  readonly object: string;
  readonly field: string;
  readonly name: string;
  readonly value: string | undefined;
}

/** Every variable that a manifest gives a pod. */
function given(scene: Scene): readonly Given[] {
  const shared = ofKind(scene, "ConfigMap").filter(({ metadata }) =>
    metadata.name.startsWith("boxoffice-settings"),
  );
  return [
    ...shared.flatMap((each) =>
      [...textsAt(each, "data")].map(([name, value]) => ({
        object: titleOf(each),
        field: `data.${name}`,
        name,
        value,
      })),
    ),
    ...podMakers(scene).flatMap(variables),
  ];
}

function variables(each: Manifest): readonly Given[] {
  return listAt(mainContainer(each), "env").flatMap((variable, i) => {
    const name = textAt(variable, "name");
    if (name === undefined || at(variable, "valueFrom") !== undefined) return [];
    const field = `spec.template.spec.containers.0.env.${i}`;
    return [{ object: titleOf(each), field, name, value: textAt(variable, "value") }];
  });
}

/** Where a Secret in a manifest says of itself that nothing in it is worth a secret, and why. */
const NO_SECRETS = "boxoffice/no-secrets";

/** Base64 hides nothing: a Secret belongs to the cluster, not to what is committed. */
function writtenSecrets(scene: Scene): readonly Given[] {
  return ofKind(scene, "Secret")
    .filter((each) => !textsAt(each, "metadata", "annotations").has(NO_SECRETS))
    .flatMap((each) => [
      ...[...textsAt(each, "data")].map(([name, value]) => ({
        ...{ object: titleOf(each), field: `data.${name}`, name },
        value: Buffer.from(value, "base64").toString(),
      })),
      ...[...textsAt(each, "stringData")].map(([name, value]) => ({
        ...{ object: titleOf(each), field: `stringData.${name}`, name, value },
      })),
    ]);
}

/** Names that only this program uses: what other programs in the pod's image read is not ours to judge. */
const PREFIXES = new Set(Object.keys(settings).map((name) => name.split("_")[0]));
/** Read by others than the settings' table. */
const OTHERS = new Set(["BOXOFFICE_OPERATOR", "REPLAY_PLAN"]);

function isOurName(name: string): boolean {
  return PREFIXES.has(name.split("_")[0] ?? "") && !OTHERS.has(name) && !name.startsWith("OTEL_");
}

/** A password may also stand inside a URL. */
function isPlainSecret(name: string, value: string | undefined): boolean {
  if (value === undefined || value === "" || !isSecret(name)) return false;
  const setting = isSettingName(name) ? settings[name] : undefined;
  if (setting === undefined || !("secret" in setting)) return false;
  return setting.secret === "whole" || /:\/\/[^/@]*:[^/@]+@/.test(value);
}

function selectsNothing(scene: Scene, service: Manifest): readonly Found[] {
  const wanted = [...textsAt(service, "spec", "selector")];
  const selected = deployments(scene).find(([each]) =>
    wanted.every(([key, value]) => at(each, "spec", "template", "metadata", "labels", key) === value),
  );
  if (selected === undefined || wanted.length === 0)
    return [
      {
        ...{ object: titleOf(service), field: "spec.selector" },
        message: "it selects no pods of a worker",
        fix: "run 'boxoffice k8s generate'",
      },
    ];
  const ports = new Set(listAt(mainContainer(selected[0]), "ports").map((port) => textAt(port, "name")));
  return listAt(service, "spec", "ports").flatMap((port, i) => {
    const target = at(port, "targetPort");
    if (typeof target !== "string" || ports.has(target)) return [];
    return [
      {
        ...{ object: titleOf(service), field: `spec.ports.${i}.targetPort` },
        message: `its pods have no port '${target}'`,
        fix: `one of ${[...ports].join(", ")}`,
      },
    ];
  });
}
