import type { Resolved } from "./config-resolve.ts";
import type { SettingName, SettingValues } from "./config-settings.ts";
import type { ConfigProblem } from "./errors.ts";

/** What can't be right between settings that are each fine on their own. */
export function relationProblems({ values }: Resolved): readonly ConfigProblem[] {
  return [
    ...tlsProblems(values),
    ...saslProblems(values),
    ...registryProblems(values),
    ...holdProblems(values),
  ];
}

function tlsProblems(values: SettingValues): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (values.KAFKA_TLS_CERT && !values.KAFKA_TLS_KEY)
    problems.push({ name: "KAFKA_TLS_KEY", problem: "it must be set when KAFKA_TLS_CERT is" });
  if (values.KAFKA_TLS_KEY && !values.KAFKA_TLS_CERT)
    problems.push({ name: "KAFKA_TLS_CERT", problem: "it must be set when KAFKA_TLS_KEY is" });
  if (values.KAFKA_TLS === "off" && (values.KAFKA_TLS_CA || values.KAFKA_TLS_CERT))
    problems.push({
      name: "KAFKA_TLS",
      problem: "it can't be off when KAFKA_TLS_CA or KAFKA_TLS_CERT is set",
    });
  return problems;
}

const LOGIN: readonly SettingName[] = ["KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"];
const OAUTH: readonly SettingName[] = [
  "KAFKA_SASL_TOKEN_URL",
  "KAFKA_SASL_CLIENT_ID",
  "KAFKA_SASL_CLIENT_SECRET",
];

function saslProblems(values: SettingValues): readonly ConfigProblem[] {
  const mechanism = values.KAFKA_SASL_MECHANISM;
  if (mechanism === undefined) {
    const orphan = [...LOGIN, ...OAUTH].find((name) => values[name] !== undefined);
    return orphan === undefined
      ? []
      : [{ name: "KAFKA_SASL_MECHANISM", problem: `it must be set when ${orphan} is` }];
  }
  return (mechanism === "oauthbearer" ? OAUTH : LOGIN)
    .filter((name) => values[name] === undefined)
    .map((name) => ({ name, problem: `it must be set when KAFKA_SASL_MECHANISM is ${mechanism}` }));
}

function registryProblems(values: SettingValues): readonly ConfigProblem[] {
  const user = values.SCHEMA_REGISTRY_USERNAME !== undefined;
  const password = values.SCHEMA_REGISTRY_PASSWORD !== undefined;
  if (user && !password)
    return [{ name: "SCHEMA_REGISTRY_PASSWORD", problem: "it must be set when SCHEMA_REGISTRY_USERNAME is" }];
  if (password && !user)
    return [{ name: "SCHEMA_REGISTRY_USERNAME", problem: "it must be set when SCHEMA_REGISTRY_PASSWORD is" }];
  if (user && values.SCHEMA_REGISTRY_TOKEN !== undefined)
    return [{ name: "SCHEMA_REGISTRY_TOKEN", problem: "it can't be set beside SCHEMA_REGISTRY_USERNAME" }];
  return [];
}

/** No charge is started later than the deadline less the gateway's timeout: a shorter hold could never be paid. */
function holdProblems(values: SettingValues): readonly ConfigProblem[] {
  const { INTAKE_HOLD: hold, GATEWAY_TIMEOUT: timeout } = values;
  if (hold === undefined || timeout === undefined || hold > timeout) return [];
  return [
    {
      name: "INTAKE_HOLD",
      problem: `it must be longer than GATEWAY_TIMEOUT (${timeout} ms): current value is ${hold} ms`,
    },
  ];
}

/** What works but is probably not meant. */
export function relationWarnings(values: SettingValues): readonly string[] {
  const tls = values.KAFKA_TLS === "on" || values.KAFKA_TLS_CA || values.KAFKA_TLS_CERT;
  return values.KAFKA_SASL_MECHANISM === "plain" && !tls
    ? ["KAFKA_SASL_MECHANISM is plain without KAFKA_TLS: the password travels in the clear"]
    : [];
}
