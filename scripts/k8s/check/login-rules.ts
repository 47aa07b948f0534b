import { TRIGGER_AUTHENTICATION } from "../scaled-object.ts";
import { listAt, textAt } from "./fields.ts";
import type { Found, Rule } from "./finding.ts";
import { deployments } from "./fleet-rules.ts";
import { variablesOf } from "./pods.ts";
import { named, ofKind, type Scene, titleOf } from "./scene.ts";

/** A setting that the pods have, and the parameter that KEDA then needs. */
const ALIKE: readonly (readonly [setting: string, parameter: string])[] = [
  ["KAFKA_SASL_MECHANISM", "sasl"],
  ["KAFKA_TLS_CA_FILE", "tls"],
];

export const loginRules: readonly Rule[] = [
  {
    id: "keda-not-logged-in",
    why: "the brokers would turn KEDA away: it sees no lag, and no worker is ever scaled",
    find: (scene) =>
      ofKind(scene, "ScaledObject").length === 0
        ? []
        : [...missingParameters(scene), ...triggersWithoutLogin(scene)],
  },
];

function missingParameters(scene: Scene): readonly Found[] {
  const login = named(scene, "TriggerAuthentication", TRIGGER_AUTHENTICATION);
  const given = ["secretTargetRef", "configMapTargetRef"].flatMap((list) =>
    listAt(login, "spec", list).map((each) => textAt(each, "parameter")),
  );
  const used = usedSettings(scene);
  return ALIKE.filter(([setting, parameter]) => used.has(setting) && !given.includes(parameter)).map(
    ([setting, parameter]) => ({
      object: login === undefined ? "" : titleOf(login),
      field: "spec",
      message: `the pods have ${setting}, and KEDA has no parameter '${parameter}'`,
      fix: "in the overlay's components, keda comes before sasl and tls, which add to it",
    }),
  );
}

function usedSettings(scene: Scene): ReadonlySet<string> {
  return new Set(deployments(scene).flatMap(([each]) => [...variablesOf(each).keys()]));
}

function triggersWithoutLogin(scene: Scene): readonly Found[] {
  const used = usedSettings(scene);
  if (!ALIKE.some(([setting]) => used.has(setting))) return [];
  return ofKind(scene, "ScaledObject").flatMap((each) =>
    listAt(each, "spec", "triggers").flatMap((trigger, i) =>
      textAt(trigger, "type") !== "kafka" ||
      textAt(trigger, "authenticationRef", "name") === TRIGGER_AUTHENTICATION
        ? []
        : [
            {
              ...{ object: titleOf(each), field: `spec.triggers.${i}.authenticationRef` },
              message: "the pods log in to the brokers, and this trigger doesn't",
              fix: `authenticationRef: {name: ${TRIGGER_AUTHENTICATION}}`,
            },
          ],
    ),
  );
}
