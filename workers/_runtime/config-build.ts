import { configRows } from "./config-describe.ts";
import { relationWarnings } from "./config-relations.ts";
import type { Resolved } from "./config-resolve.ts";
import { type Setting, type SettingName, type SettingValues, settings } from "./config-settings.ts";
import type {
  Config,
  ConsoleConfig,
  KafkaConfig,
  OidcConfig,
  RegistryConfig,
  SaslConfig,
  TracingConfig,
} from "./config-shape.ts";
import { ConfigError } from "./errors.ts";

/** The typed shape from values that were found to be without problems. */
export function buildConfig(resolved: Resolved): Config {
  const { values } = resolved;
  return {
    profile: always(values, "BOXOFFICE_PROFILE"),
    kafka: kafkaOf(values),
    registry: endpoint({ auth: registryAuth(values) }, "url", values, "SCHEMA_REGISTRY_URL"),
    redis: endpoint({}, "url", values, "REDIS_URL"),
    smtp: endpoint(endpoint({}, "from", values, "SMTP_FROM"), "url", values, "SMTP_URL"),
    gateway: endpoint({ timeoutMs: always(values, "GATEWAY_TIMEOUT") }, "url", values, "GATEWAY_URL"),
    intake: {
      host: always(values, "INTAKE_HOST"),
      port: always(values, "INTAKE_PORT"),
      holdMs: always(values, "INTAKE_HOLD"),
      rate: { perSecond: always(values, "INTAKE_RATE"), burst: always(values, "INTAKE_BURST") },
      maxInFlight: always(values, "INTAKE_MAX_IN_FLIGHT"),
      publishTimeoutMs: always(values, "INTAKE_PUBLISH_TIMEOUT"),
    },
    console: consoleOf(values),
    health: { host: always(values, "HEALTH_HOST"), port: always(values, "HEALTH_PORT") },
    log: { level: always(values, "LOG_LEVEL") },
    tracing: tracingOf(values),
    runtime: {
      retry: values.RETRY_LADDER,
      partitions: values.TOPIC_PARTITIONS,
      replicationFactor: values.TOPIC_REPLICATION_FACTOR,
      retryMemoryBytes: always(values, "RETRY_MEMORY"),
      shutdownMs: always(values, "SHUTDOWN_DEADLINE"),
      adminToken: values.ADMIN_TOKEN,
    },
    settings: configRows(resolved),
    warnings: [...resolved.warnings, ...relationWarnings(values)],
  };
}

/** The value of a setting that has a default in every profile, or that another one made needed. */
function always<N extends SettingName>(values: SettingValues, name: N): Exclude<SettingValues[N], undefined> {
  const value = values[name];
  if (value === undefined) throw new TypeError(`Cannot build configuration as '${name}' must have a default`);
  return value as Exclude<SettingValues[N], undefined>;
}

/**
 * Adds `field` to `target`: the value, or, when it isn't set, a getter that says so. The getter is not
 * enumerable: spreading or logging a configuration must not trip over it.
 */
function endpoint<T extends object, F extends string, N extends SettingName>(
  target: T,
  field: F,
  values: SettingValues,
  name: N,
): T & { readonly [K in F]: Exclude<SettingValues[N], undefined> } {
  const value = values[name];
  const setting: Setting = settings[name];
  const refuse = () => {
    throw new ConfigError([
      {
        name,
        problem: `it is used but not set: set it to ${setting.kind.allowed} and name it in the worker's permissions`,
      },
    ]);
  };
  Object.defineProperty(target, field, value === undefined ? { get: refuse } : { value, enumerable: true });
  return target as T & { readonly [K in F]: Exclude<SettingValues[N], undefined> };
}

function consoleOf(values: SettingValues): ConsoleConfig {
  const { CONSOLE_PROXY_SECRET: secret } = values;
  return {
    host: always(values, "CONSOLE_HOST"),
    port: always(values, "CONSOLE_PORT"),
    url: values.CONSOLE_URL,
    healthUrls: values.CONSOLE_HEALTH_URLS ?? [],
    oidc: values.CONSOLE_OIDC_ISSUER === undefined ? undefined : oidcOf(values, values.CONSOLE_OIDC_ISSUER),
    proxy:
      secret === undefined
        ? undefined
        : {
            secret,
            userHeader: always(values, "CONSOLE_PROXY_USER_HEADER").toLowerCase(),
            rolesHeader: always(values, "CONSOLE_PROXY_ROLES_HEADER").toLowerCase(),
          },
    tokens: values.CONSOLE_TOKENS ?? [],
    rolesPrefix: values.CONSOLE_ROLES_PREFIX ?? "",
  };
}

function oidcOf(values: SettingValues, issuer: string): OidcConfig {
  return {
    issuer,
    clientId: always(values, "CONSOLE_OIDC_CLIENT_ID"),
    clientSecret: values.CONSOLE_OIDC_CLIENT_SECRET,
    scope: always(values, "CONSOLE_OIDC_SCOPE"),
    audience: values.CONSOLE_OIDC_AUDIENCE,
    nameClaim: always(values, "CONSOLE_NAME_CLAIM"),
    rolesClaim: always(values, "CONSOLE_ROLES_CLAIM"),
    sessionSecret: always(values, "CONSOLE_SESSION_SECRET"),
    sessionMs: always(values, "CONSOLE_SESSION"),
  };
}

function tracingOf(values: SettingValues): TracingConfig | undefined {
  const endpoint = values.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return undefined;
  const pairs = (values.OTEL_EXPORTER_OTLP_HEADERS ?? "").split(",").filter((pair) => pair.includes("="));
  const headers = Object.fromEntries(
    pairs.map((pair) => [
      pair.slice(0, pair.indexOf("=")).trim(),
      decodeURIComponent(pair.slice(pair.indexOf("=") + 1).trim()),
    ]),
  );
  return { endpoint, headers, ratio: always(values, "OTEL_TRACES_SAMPLER_ARG") };
}

function kafkaOf(values: SettingValues): KafkaConfig {
  const { KAFKA_TLS_CA: ca, KAFKA_TLS_CERT: cert, KAFKA_TLS_KEY: key } = values;
  const on = values.KAFKA_TLS === "on" || ca !== undefined || cert !== undefined;
  const tls = on ? { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) } : undefined;
  return endpoint({ tls, sasl: saslOf(values) }, "brokers", values, "KAFKA_BROKERS");
}

function saslOf(values: SettingValues): SaslConfig | undefined {
  const mechanism = values.KAFKA_SASL_MECHANISM;
  if (mechanism === undefined) return undefined;
  if (mechanism !== "oauthbearer") {
    return {
      mechanism,
      username: always(values, "KAFKA_SASL_USERNAME"),
      password: always(values, "KAFKA_SASL_PASSWORD"),
    };
  }
  const scope = values.KAFKA_SASL_SCOPE;
  return {
    mechanism,
    tokenUrl: always(values, "KAFKA_SASL_TOKEN_URL"),
    clientId: always(values, "KAFKA_SASL_CLIENT_ID"),
    clientSecret: always(values, "KAFKA_SASL_CLIENT_SECRET"),
    ...(scope && { scope }),
  };
}

function registryAuth(values: SettingValues): RegistryConfig["auth"] {
  const token = values.SCHEMA_REGISTRY_TOKEN;
  if (token !== undefined) return { token };
  const { SCHEMA_REGISTRY_USERNAME: username, SCHEMA_REGISTRY_PASSWORD: password } = values;
  return username === undefined || password === undefined ? undefined : { username, password };
}
