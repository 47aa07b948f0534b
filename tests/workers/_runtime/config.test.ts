import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { describeConfig, type Environment, readConfig } from "../../../workers/_runtime/config.ts";
import { ConfigError, UsageError } from "../../../workers/_runtime/errors.ts";

const CA = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----";

function problemsOf(environment: Environment, needs: readonly string[] = []): Record<string, string> {
  try {
    readConfig(environment, needs);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ name, problem }) => [name, problem]));
  }
  return {};
}

t.test("readConfig() gives each profile its own defaults", async (t) => {
  const local = readConfig({ BOXOFFICE_PROFILE: "local" }, ["KAFKA_BROKERS", "REDIS_URL", "SMTP_URL"]);
  t.match(local, {
    profile: "local",
    kafka: { brokers: ["localhost:9092"], tls: undefined, sasl: undefined },
    redis: { url: "redis://localhost:6379" },
    runtime: { retry: ["1s", "2s", "4s", "8s"], partitions: 4, replicationFactor: 1, adminToken: undefined },
    health: { host: "127.0.0.1", port: 0 },
  });
  const production = readConfig({}, []);
  t.match(production, {
    profile: "production",
    runtime: { retry: undefined, partitions: undefined, replicationFactor: 3, shutdownMs: 30_000 },
    health: { host: "0.0.0.0", port: 9464 },
    gateway: { timeoutMs: 10_000 },
    intake: { holdMs: 600_000, publishTimeoutMs: 5_000, rate: { perSecond: 5, burst: 10 } },
  });
  t.match(readConfig({ BOXOFFICE_PROFILE: "test" }, []).runtime.retry, ["200ms", "500ms", "1s"]);
});

t.test("readConfig() reads every kind of value", async (t) => {
  const config = readConfig(
    {
      KAFKA_BROKERS: "a:9092, b.example:9093,[::1]:9094",
      GATEWAY_URL: "https://pay.example/v1/",
      GATEWAY_TIMEOUT: "1500ms",
      RETRY_LADDER: "5s, 1m",
      RETRY_MEMORY: "2MiB",
      TOPIC_PARTITIONS: "6",
      LOG_LEVEL: "WARN",
      ADMIN_TOKEN: "0123456789abcdef",
      SCHEMA_REGISTRY_TOKEN: "t",
      SMTP_FROM: "",
    },
    ["KAFKA_BROKERS", "GATEWAY_URL"],
  );
  t.match(config, {
    kafka: { brokers: ["a:9092", "b.example:9093", "[::1]:9094"] },
    gateway: { url: "https://pay.example/v1", timeoutMs: 1500 },
    log: { level: "warn" },
    registry: { auth: { token: "t" } },
    runtime: {
      retry: ["5s", "1m"],
      retryMemoryBytes: 2 * 1024 ** 2,
      partitions: 6,
      adminToken: "0123456789abcdef",
    },
  });
});

t.test("readConfig() names every problem at once", async (t) => {
  const problems = problemsOf(
    {
      BOXOFFICE_PROFILE: "staging",
      KAFKA_BROKERS: "kafka",
      GATEWAY_TIMEOUT: "10 sec",
      INTAKE_PORT: "tcp://10.0.0.7:8080",
      RETRY_LADDER: "1s,1000ms",
      TOPIC_PARTITIONS: "0",
      ADMIN_TOKEN: "short",
      KAFKA_TLS_CA: "/etc/ca.pem",
    },
    ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL", "SMTP_URL"],
  );
  t.match(problems, {
    BOXOFFICE_PROFILE: "it must be one of local, test, production: current value is 'staging'",
    KAFKA_BROKERS: "it must be a comma-separated list of host:port: current value is 'kafka'",
    GATEWAY_TIMEOUT: /a duration like '500ms'.*current value is '10 sec'/,
    INTAKE_PORT: /from 0 to 65535.*enableServiceLinks/,
    RETRY_LADDER: /different durations/,
    TOPIC_PARTITIONS: "it must be a whole number from 1 to 10000: current value is '0'",
    ADMIN_TOKEN: /at least 16 characters/,
    KAFKA_TLS_CA: /PEM text/,
    SCHEMA_REGISTRY_URL: /it must be set to a URL that starts with http:\/\/ or https:\/\//,
    SMTP_URL: /it must be set/,
    SMTP_FROM: /it must be set/,
  });
  t.equal(Object.keys(problems).length, 11);
  t.ok(new ConfigError([]) instanceof UsageError);
  t.throws(() => readConfig({}, ["KAFKA_BROKRES"]), { name: "TypeError", message: /KAFKA_BROKRES/ });
});

t.test("readConfig() masks secrets in what it says of them", async (t) => {
  const problems = problemsOf({
    ADMIN_TOKEN: "hunter2",
    REDIS_URL: "redis//worker:hunter2@redis:6379",
    SMTP_URL: "http://mail:hunter2/with/slash@smtp:25",
  });
  t.same(Object.keys(problems).sort(), ["ADMIN_TOKEN", "REDIS_URL", "SMTP_URL"]);
  t.notMatch(JSON.stringify(problems), "hunter2");
  t.match(problems.SMTP_URL, "http://mail:********@smtp:25");
});

t.test("readConfig() takes no login in a URL that is no secret, and doesn't show it", async (t) => {
  const held = "https://jo:hunter2@issuer.example";
  const names = ["KAFKA_SASL_TOKEN_URL", "CONSOLE_URL", "CONSOLE_OIDC_ISSUER", "OTEL_EXPORTER_OTLP_ENDPOINT"];
  const problems = problemsOf({
    ...Object.fromEntries(names.map((name) => [name, held])),
    CONSOLE_HEALTH_URLS: `http://a:9464,${held}`,
  });
  for (const name of [...names, "CONSOLE_HEALTH_URLS"]) {
    t.match(problems[name], /holds no user and password: current value is .*\*{8}@issuer\.example'/, name);
    t.notMatch(problems[name], "hunter2", name);
  }
});

t.test("readConfig() warns of a password that travels in the clear", async (t) => {
  const warned = (environment: Environment) => readConfig(environment, []).warnings;
  for (const [environment, name] of [
    [{ REDIS_URL: "redis://:hunter2@redis" }, "REDIS_URL"],
    [{ SMTP_URL: "smtp://mail:hunter2@relay" }, "SMTP_URL"],
    [{ GATEWAY_URL: "http://key:hunter2@pay.example" }, "GATEWAY_URL"],
    [{ SCHEMA_REGISTRY_URL: "http://registry", SCHEMA_REGISTRY_TOKEN: "hunter2" }, "SCHEMA_REGISTRY_URL"],
    [
      { KAFKA_SASL_MECHANISM: "plain", KAFKA_SASL_USERNAME: "u", KAFKA_SASL_PASSWORD: "hunter2" },
      "KAFKA_SASL_MECHANISM",
    ],
  ] as const) {
    t.match(warned(environment), [new RegExp(`^${name} .*in the clear`)], name);
    t.notMatch(warned(environment).join(), "hunter2");
  }
  for (const environment of [
    { REDIS_URL: "rediss://:hunter2@redis" },
    { REDIS_URL: "redis://:hunter2@127.0.0.1" },
    { REDIS_URL: "redis://redis" },
    { SMTP_URL: "smtp://mail:hunter2@relay?requireTLS=true" },
    { SCHEMA_REGISTRY_URL: "http://registry" },
  ])
    t.same(warned(environment), [], JSON.stringify(environment));
});

t.test("readConfig() checks settings against each other", async (t) => {
  const cases: readonly [Environment, string][] = [
    [{ KAFKA_SASL_USERNAME: "u" }, "KAFKA_SASL_MECHANISM"],
    [{ KAFKA_SASL_MECHANISM: "plain", KAFKA_SASL_USERNAME: "u" }, "KAFKA_SASL_PASSWORD"],
    [{ KAFKA_SASL_MECHANISM: "oauthbearer" }, "KAFKA_SASL_TOKEN_URL"],
    [{ KAFKA_TLS_CERT: CA }, "KAFKA_TLS_KEY"],
    [{ KAFKA_TLS: "off", KAFKA_TLS_CA: CA }, "KAFKA_TLS"],
    [{ SCHEMA_REGISTRY_USERNAME: "u" }, "SCHEMA_REGISTRY_PASSWORD"],
    [
      { SCHEMA_REGISTRY_USERNAME: "u", SCHEMA_REGISTRY_PASSWORD: "p", SCHEMA_REGISTRY_TOKEN: "t" },
      "SCHEMA_REGISTRY_TOKEN",
    ],
    [{ SCHEMA_REGISTRY_URL: "http://u:p@registry", SCHEMA_REGISTRY_TOKEN: "t" }, "SCHEMA_REGISTRY_URL"],
    [{ INTAKE_HOLD: "5s", GATEWAY_TIMEOUT: "5s" }, "INTAKE_HOLD"],
  ];
  for (const [environment, name] of cases) t.match(problemsOf(environment)[name], /it (must|can't)/, name);
});

t.test("readConfig() builds TLS and SASL", async (t) => {
  const scram = { KAFKA_SASL_MECHANISM: "scram-sha-512", KAFKA_SASL_USERNAME: "u", KAFKA_SASL_PASSWORD: "p" };
  t.same(readConfig({ ...scram, KAFKA_TLS: "on" }, []).kafka.sasl, {
    mechanism: "scram-sha-512",
    username: "u",
    password: "p",
  });
  t.same(readConfig({ KAFKA_TLS: "on" }, []).kafka.tls, {});
  t.same(readConfig({ KAFKA_TLS_CA: CA }, []).kafka.tls, { ca: CA });
  const warned = readConfig({ ...scram, KAFKA_SASL_MECHANISM: "plain" }, []);
  t.match(warned.warnings, [/password travels in the clear/]);
});

t.test("readConfig() reads a secret from the file that <NAME>_FILE names", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "boxoffice-config-"));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "token");
  writeFileSync(file, "0123456789abcdef-from-file\n");
  const config = readConfig({ ADMIN_TOKEN_FILE: file }, []);
  t.equal(config.runtime.adminToken, "0123456789abcdef-from-file");
  t.match(
    describeConfig(config).find((row) => row.name === "ADMIN_TOKEN"),
    { value: "********", source: "file" },
  );
  t.match(problemsOf({ ADMIN_TOKEN_FILE: file, ADMIN_TOKEN: "0123456789abcdef" }), {
    ADMIN_TOKEN: /set twice/,
  });
  t.match(problemsOf({ ADMIN_TOKEN_FILE: join(directory, "no") }), { ADMIN_TOKEN: /readable \(ENOENT\)/ });
  writeFileSync(file, "\n");
  t.match(problemsOf({ ADMIN_TOKEN_FILE: file }), { ADMIN_TOKEN: /must not be empty/ });
});

t.test("readConfig() leaves an endpoint that is not set unusable and says which", async (t) => {
  const config = readConfig({}, []);
  t.throws(() => config.redis.url, {
    name: "ConfigError",
    message: /Cannot use REDIS_URL as it is used but not set/,
  });
  t.throws(() => config.kafka.brokers, { message: /KAFKA_BROKERS/ });
  t.doesNotThrow(() => JSON.stringify(config));
});

t.test("readConfig() points at names that look like a misspelt setting", async (t) => {
  const misspelt = {
    KAFKA_BROKRES: "a:1",
    REDIS_URI: "redis://r",
    GATEWAY_TIMEOUTS: "1s",
    ADMIN_TOKEN_FIEL: "x",
  };
  t.match(problemsOf(misspelt, ["KAFKA_BROKERS"]), { KAFKA_BROKERS: /is KAFKA_BROKRES meant to be it/ });
  const { warnings } = readConfig(
    { ...misspelt, REDIS_URL: "redis://r", PATH: "/bin", KAFKA_HEAP_OPTS: "-Xmx1g" },
    [],
  );
  t.same(
    warnings.map((warning) => warning.split(" ", 1)[0]),
    ["KAFKA_BROKRES", "GATEWAY_TIMEOUTS", "ADMIN_TOKEN_FIEL"],
  );
});

t.test("describeConfig() tells each value with its source, secrets masked", async (t) => {
  const config = readConfig(
    {
      BOXOFFICE_PROFILE: "local",
      REDIS_URL: "redis://:hunter2@redis:6379/0",
      KAFKA_SASL_MECHANISM: "plain",
      KAFKA_SASL_USERNAME: "u",
      KAFKA_SASL_PASSWORD: "hunter2",
      GATEWAY_URL: "http://g?api_key=hunter2&x=1",
    },
    [],
  );
  const rows = new Map(describeConfig(config).map((row) => [row.name, row]));
  t.match(rows.get("REDIS_URL"), { value: "redis://:********@redis:6379/0", source: "environment" });
  t.match(rows.get("GATEWAY_URL"), { value: "http://g?api_key=********&x=1" });
  t.match(rows.get("KAFKA_SASL_PASSWORD"), { value: "********", source: "environment" });
  t.match(rows.get("RETRY_LADDER"), { value: "1s,2s,4s,8s", source: "profile" });
  t.match(rows.get("INTAKE_MAX_IN_FLIGHT"), { value: "1000", source: "default" });
  t.match(rows.get("ADMIN_TOKEN"), { value: undefined, source: "unset" });
  t.notMatch(JSON.stringify([...rows.values()]), "hunter2");
});
