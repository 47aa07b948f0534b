import type { Manifest } from "../manifest.ts";
import type { Finding, Rule } from "./finding.ts";
import { fleetRules } from "./fleet-rules.ts";
import { kafkaRules } from "./kafka-rules.ts";
import { loginRules } from "./login-rules.ts";
import { monitorRules } from "./monitor-rules.ts";
import { networkRules } from "./network-rules.ts";
import { podRules } from "./pod-rules.ts";
import { scalingRules } from "./scaling-rules.ts";
import { sceneOf } from "./scene.ts";
import { settingsRules } from "./settings-rules.ts";

export const RULES: readonly Rule[] = [
  ...fleetRules,
  ...scalingRules,
  ...loginRules,
  ...kafkaRules,
  ...networkRules,
  ...podRules,
  ...settingsRules,
  ...monitorRules,
];

/**
 * Every disagreement of what one `kubectl apply` would bring with the declarations of this build.
 * @param source - for the findings
 * @throws {ConfigError} when a shared setting that declarations depend on can't be
 */
export async function judge(objects: readonly Manifest[], source: string): Promise<readonly Finding[]> {
  const scene = await sceneOf(objects);
  return RULES.flatMap((rule) => rule.find(scene).map((found) => ({ rule: rule.id, source, ...found })));
}
