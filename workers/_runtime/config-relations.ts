import type { Resolved } from "./config-resolve.ts";
import type { SettingName, SettingValues } from "./config-settings.ts";
import type { ConfigProblem } from "./errors.ts";
import { takeLogin } from "./url-login.ts";

/** What can't be right between settings that are each fine on their own. */
export function relationProblems({ values }: Resolved): readonly ConfigProblem[] {
  return [
    ...tlsProblems(values),
    ...saslProblems(values),
    ...registryProblems(values),
    ...holdProblems(values),
    ...consoleProblems(values),
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
  const url = values.SCHEMA_REGISTRY_URL;
  const auth = values.SCHEMA_REGISTRY_USERNAME ?? values.SCHEMA_REGISTRY_TOKEN;
  if (url !== undefined && auth !== undefined && takeLogin(url).authorization !== undefined)
    return [
      {
        name: "SCHEMA_REGISTRY_URL",
        problem: "it can't hold a login beside SCHEMA_REGISTRY_USERNAME or SCHEMA_REGISTRY_TOKEN",
      },
    ];
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

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/;

/** Whether only this machine reaches an interface, or a URL's host. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

const WITH_ISSUER: readonly SettingName[] = [
  "CONSOLE_OIDC_CLIENT_ID",
  "CONSOLE_SESSION_SECRET",
  "CONSOLE_URL",
];

/** Who reaches the console can put 40,000 letters back to work: nobody does by accident. */
function consoleProblems(values: SettingValues): readonly ConfigProblem[] {
  const { CONSOLE_OIDC_ISSUER: issuer, CONSOLE_HOST: host = "127.0.0.1", CONSOLE_URL: url } = values;
  const problems: ConfigProblem[] = [];
  const missing = (name: SettingName, when: string) => {
    if (values[name] === undefined) problems.push({ name, problem: `it must be set ${when}` });
  };
  if (issuer !== undefined) {
    for (const name of WITH_ISSUER) missing(name, "when CONSOLE_OIDC_ISSUER is");
    if (issuer.startsWith("http:") && !isLoopback(new URL(issuer).hostname))
      problems.push({
        name: "CONSOLE_OIDC_ISSUER",
        problem: `it must be https beyond this machine: current value is '${issuer}'`,
      });
  }
  const open = issuer === undefined && !values.CONSOLE_PROXY_SECRET && !values.CONSOLE_TOKENS;
  // Under such a name it is a proxy that brings people here, and loopback no longer says that they are on this machine.
  if (open && url !== undefined && !isLoopback(new URL(url).hostname))
    problems.push({
      name: "CONSOLE_URL",
      problem: `it must be this machine's unless CONSOLE_OIDC_ISSUER, CONSOLE_PROXY_SECRET or CONSOLE_TOKENS says who may come in: current value is '${url}'`,
    });
  if (isLoopback(host)) return problems;
  if (open)
    problems.push({
      name: "CONSOLE_HOST",
      problem: `it must be 127.0.0.1 unless CONSOLE_OIDC_ISSUER, CONSOLE_PROXY_SECRET or CONSOLE_TOKENS says who may come in: current value is '${host}'`,
    });
  if (url === undefined && issuer === undefined) missing("CONSOLE_URL", "when CONSOLE_HOST is not loopback");
  return problems;
}

const CLEAR: readonly (readonly [name: SettingName, protocol: string, better: string])[] = [
  ["SCHEMA_REGISTRY_URL", "http:", "https"],
  ["REDIS_URL", "redis:", "rediss"],
  ["SMTP_URL", "smtp:", "smtps, or ?requireTLS=true,"],
  ["GATEWAY_URL", "http:", "https"],
];

/** What works but is probably not meant. */
export function relationWarnings(values: SettingValues): readonly string[] {
  const tls = values.KAFKA_TLS === "on" || values.KAFKA_TLS_CA || values.KAFKA_TLS_CERT;
  return [
    ...(values.KAFKA_SASL_MECHANISM === "plain" && !tls
      ? ["KAFKA_SASL_MECHANISM is plain without KAFKA_TLS: the password travels in the clear"]
      : []),
    ...CLEAR.filter(([name, protocol]) => isClear(values, name, protocol)).map(
      ([name, , better]) => `${name} logs in without TLS: the password travels in the clear; use ${better}`,
    ),
  ];
}

/** On this machine nobody listens in between. */
function isClear(values: SettingValues, name: SettingName, protocol: string): boolean {
  const value = values[name];
  if (typeof value !== "string") return false;
  const url = new URL(value);
  const byOthers =
    name === "SCHEMA_REGISTRY_URL" &&
    Boolean(values.SCHEMA_REGISTRY_PASSWORD ?? values.SCHEMA_REGISTRY_TOKEN);
  const safe = url.protocol !== protocol || url.searchParams.get("requireTLS") === "true";
  return !safe && !isLoopback(url.hostname) && (url.password !== "" || byOthers);
}
