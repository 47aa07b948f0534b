import {
  bareUrl,
  brokerList,
  byteSize,
  duration,
  integer,
  ladder,
  longerThan,
  oneOf,
  pem,
  port,
  share,
  text,
  tokenList,
  url,
  urlList,
  type ValueKind,
} from "./config-values.ts";

/** `local`: a laptop with `boxoffice stack up`; `test`: the same, impatient; `production`: a cluster. */
export type Profile = "local" | "test" | "production";

export interface Setting<T = unknown> {
  readonly kind: ValueKind<T>;
  /** For people: what it is for, one line. */
  readonly doc: string;
  /** Shown masked. `whole`: all of it; `url`: the password inside. Either can also come from `<NAME>_FILE`. */
  readonly secret?: "whole" | "url";
  /** As it would stand in the environment; one for all profiles or by profile. Without one it stays unset. */
  readonly default?: string | Readonly<Partial<Record<Profile, string>>>;
  /** Settings that must be given too when this one is needed. */
  readonly with?: readonly string[];
}

function setting<T>(kind: ValueKind<T>, doc: string, more: Omit<Setting, "kind" | "doc"> = {}): Setting<T> {
  return { kind, doc, ...more };
}

const http = url("http", "https");
const bareHttp = bareUrl("http", "https");

/**
 * Every setting there is, with its defaults by profile: the one table. The local endpoints are the ports
 * that `compose.yaml` publishes.
 */
export const settings = {
  BOXOFFICE_PROFILE: setting(oneOf("local", "test", "production"), "Which column of defaults applies", {
    default: "production",
  }),
  LOG_LEVEL: setting(
    oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"),
    "Least level logged",
    {
      default: { local: "info", test: "warn", production: "info" },
    },
  ),

  KAFKA_BROKERS: setting(brokerList, "Where to find the cluster", { default: { local: "localhost:9092" } }),
  KAFKA_TLS: setting(oneOf("on", "off"), "TLS to the brokers; on when KAFKA_TLS_CA or _CERT is set"),
  KAFKA_TLS_CA: setting(pem("CERTIFICATE"), "Trusted instead of the system's authorities", {
    secret: "whole",
  }),
  KAFKA_TLS_CERT: setting(pem("CERTIFICATE"), "Client certificate, with KAFKA_TLS_KEY", { secret: "whole" }),
  KAFKA_TLS_KEY: setting(pem("PRIVATE KEY"), "Private key of KAFKA_TLS_CERT", { secret: "whole" }),
  KAFKA_SASL_MECHANISM: setting(
    oneOf("plain", "scram-sha-256", "scram-sha-512", "oauthbearer"),
    "How to log in to the brokers",
  ),
  KAFKA_SASL_USERNAME: setting(text, "For plain and scram"),
  KAFKA_SASL_PASSWORD: setting(text, "For plain and scram", { secret: "whole" }),
  KAFKA_SASL_TOKEN_URL: setting(bareHttp, "For oauthbearer: the token endpoint"),
  KAFKA_SASL_CLIENT_ID: setting(text, "For oauthbearer"),
  KAFKA_SASL_CLIENT_SECRET: setting(text, "For oauthbearer", { secret: "whole" }),
  KAFKA_SASL_SCOPE: setting(text, "For oauthbearer, when the endpoint wants one"),

  SCHEMA_REGISTRY_URL: setting(http, "Confluent API of the schema registry", {
    secret: "url",
    default: { local: "http://localhost:8081/apis/ccompat/v7" },
  }),
  SCHEMA_REGISTRY_USERNAME: setting(text, "Basic authentication"),
  SCHEMA_REGISTRY_PASSWORD: setting(text, "Basic authentication", { secret: "whole" }),
  SCHEMA_REGISTRY_TOKEN: setting(text, "Bearer authentication instead", { secret: "whole" }),

  REDIS_URL: setting(url("redis", "rediss"), "Seats, timers, marks", {
    secret: "url",
    default: { local: "redis://localhost:6379" },
  }),
  SMTP_URL: setting(url("smtp", "smtps"), "Where e-mail is handed over", {
    secret: "url",
    default: { local: "smtp://localhost:1025" },
    with: ["SMTP_FROM"],
  }),
  SMTP_FROM: setting(text, "Sender of every e-mail", {
    default: {
      local: "Boxoffice <tickets@boxoffice.example>",
      test: "Boxoffice <tickets@boxoffice.example>",
    },
  }),
  GATEWAY_URL: setting(http, "The payment gateway's API", {
    secret: "url",
    default: { local: "http://localhost:8090" },
  }),
  GATEWAY_TIMEOUT: setting(duration, "Of one call to the gateway", {
    default: { local: "2s", test: "1s", production: "10s" },
  }),

  INTAKE_HOST: setting(text, "Interface that intake listens on", {
    default: { local: "127.0.0.1", test: "127.0.0.1", production: "0.0.0.0" },
  }),
  INTAKE_PORT: setting(port, "0 takes a free one", {
    default: { local: "8080", test: "0", production: "8080" },
  }),
  INTAKE_HOLD: setting(duration, "How long seats are held for payment", {
    default: { local: "20s", test: "5s", production: "10m" },
  }),
  INTAKE_RATE: setting(integer(1, 1_000_000), "Requests a second of one client", {
    default: { local: "1000", test: "1000", production: "5" },
  }),
  INTAKE_BURST: setting(integer(1, 1_000_000), "Requests of one client at once", {
    default: { local: "2000", test: "2000", production: "10" },
  }),
  INTAKE_MAX_IN_FLIGHT: setting(integer(1, 100_000), "Publishes in flight; beyond it 503", {
    default: "1000",
  }),
  INTAKE_PUBLISH_TIMEOUT: setting(duration, "After it a publish counts as unknown", { default: "5s" }),

  CONSOLE_HOST: setting(
    text,
    "Interface that the console listens on; not loopback: it wants authentication",
    {
      default: "127.0.0.1",
    },
  ),
  CONSOLE_PORT: setting(port, "0 takes a free one", {
    default: { local: "8088", test: "0", production: "8088" },
  }),
  CONSOLE_URL: setting(bareHttp, "As browsers see it; needed with CONSOLE_OIDC_ISSUER, or beyond loopback"),
  CONSOLE_HEALTH_URLS: setting(urlList("http", "https"), "Workers' health ports, to show their metrics"),
  CONSOLE_OIDC_ISSUER: setting(bareHttp, "Who signs people in (OpenID Connect)"),
  CONSOLE_OIDC_CLIENT_ID: setting(text, "Of the console at the issuer"),
  CONSOLE_OIDC_CLIENT_SECRET: setting(text, "Unset: a public client", { secret: "whole" }),
  CONSOLE_OIDC_SCOPE: setting(text, "Asked of the issuer", { default: "openid" }),
  CONSOLE_OIDC_AUDIENCE: setting(text, "Of access tokens that programs bring; unset: they are refused"),
  CONSOLE_NAME_CLAIM: setting(text, "Claim that names the person in the audit trail", { default: "sub" }),
  CONSOLE_ROLES_CLAIM: setting(text, "Claim with the roles; dots lead inwards", { default: "roles" }),
  CONSOLE_ROLES_PREFIX: setting(text, "Before viewer, operator and personal, e.g. boxoffice-"),
  CONSOLE_SESSION_SECRET: setting(longerThan(32), "Encrypts session cookies; the same for all replicas", {
    secret: "whole",
  }),
  CONSOLE_SESSION: setting(duration, "How long a sign-in lasts", { default: "8h" }),
  CONSOLE_PROXY_SECRET: setting(longerThan(32), "Sent by the authenticating proxy with each request", {
    secret: "whole",
  }),
  CONSOLE_PROXY_USER_HEADER: setting(text, "Header with the proxy's user", { default: "x-forwarded-user" }),
  CONSOLE_PROXY_ROLES_HEADER: setting(text, "Header with the user's roles, comma-separated", {
    default: "x-forwarded-groups",
  }),
  CONSOLE_TOKENS: setting(tokenList, "For programs: name:roles:token, comma-separated; roles joined by +", {
    secret: "whole",
  }),

  HEALTH_HOST: setting(text, "Interface of /livez, /readyz, /metrics", {
    default: { local: "127.0.0.1", test: "127.0.0.1", production: "0.0.0.0" },
  }),
  HEALTH_PORT: setting(port, "0 takes a free one", {
    default: { local: "0", test: "0", production: "9464" },
  }),
  ADMIN_TOKEN: setting(longerThan(16), "Allows operators' calls to the health port; unset: refused", {
    secret: "whole",
  }),

  OTEL_EXPORTER_OTLP_ENDPOINT: setting(
    bareHttp,
    "Collector of traces (OTLP over HTTP); unset: nothing is traced",
  ),
  OTEL_EXPORTER_OTLP_HEADERS: setting(text, "For the collector: name=value, comma-separated", {
    secret: "whole",
  }),
  OTEL_TRACES_SAMPLER_ARG: setting(share, "Of the traces that begin here, how many are kept: 0 to 1", {
    default: { local: "1", test: "1", production: "0.1" },
  }),

  RETRY_LADDER: setting(ladder, "Replaces every worker's declared ladder", {
    default: { local: "1s,2s,4s,8s", test: "200ms,500ms,1s" },
  }),
  RETRY_MEMORY: setting(byteSize, "For records read ahead from retry topics, a process", {
    default: { local: "32MiB", test: "16MiB", production: "64MiB" },
  }),
  TOPIC_PARTITIONS: setting(integer(1, 10_000), "Replaces every topic's declared partition count", {
    default: { local: "4", test: "4" },
  }),
  TOPIC_REPLICATION_FACTOR: setting(integer(1, 9), "Of every topic", {
    default: { local: "1", test: "1", production: "3" },
  }),
  SHUTDOWN_DEADLINE: setting(duration, "From SIGTERM until running handlers are abandoned", {
    default: { local: "10s", test: "5s", production: "30s" },
  }),
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof settings;

/** The value of each setting, undefined where it is unset. */
export type SettingValues = {
  readonly [N in SettingName]: ((typeof settings)[N] extends Setting<infer T> ? T : never) | undefined;
};

export const settingNames = Object.keys(settings) as readonly SettingName[];

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(settings, name);
}
