import { buildConfig } from "./config-build.ts";
import { relationProblems } from "./config-relations.ts";
import { type Environment, resolveSettings } from "./config-resolve.ts";
import type { Config } from "./config-shape.ts";
import { ConfigError } from "./errors.ts";

export { describeConfig } from "./config-describe.ts";
export type { Environment } from "./config-resolve.ts";
export type { Profile, SettingName } from "./config-settings.ts";
export type * from "./config-shape.ts";

/**
 * The only reader of the environment: the entry passes `process.env` here once, nobody else looks at it.
 *
 * `needs` are the settings without which the caller can't start, e.g. `["KAFKA_BROKERS", "GATEWAY_URL"]`.
 * `config-settings.ts` is the table of all of them. A value that is empty counts as not set.
 * @throws {ConfigError} with every problem at once.
 * @throws {TypeError} when `needs` holds a name that is not a setting.
 */
export function readConfig(environment: Environment, needs: readonly string[]): Config {
  const resolved = resolveSettings(environment, needs);
  const problems = [...resolved.problems, ...relationProblems(resolved)];
  if (problems.length > 0) throw new ConfigError(problems);
  return buildConfig(resolved);
}
