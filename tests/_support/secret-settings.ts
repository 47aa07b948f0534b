import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import type { Test } from "tap";
import { freePort } from "../../scripts/stack/port.ts";
import { startProvider } from "../workers/console/access/provider.ts";
import { type AuthorizingProxy, authorizingProxy } from "./authorizing-proxy.ts";
import { type Collector, startCollector } from "./collector.ts";
import type { MoreSettings, SecuredGround } from "./secured-fleet.ts";
import { type TalkativeRelay, talkativeRelay } from "./talkative-relay.ts";

const USER = "boxoffice";

export interface SecretSettings {
  readonly settings: MoreSettings;
  /** Name of the setting, and what of it for one with several, to the secret itself. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly registry: AuthorizingProxy;
  readonly gateway: AuthorizingProxy;
  readonly relay: TalkativeRelay;
  readonly collector: Collector;
  /** Of the stack's Redis; nobody else comes in without the password. */
  readonly redis: Redis;
  readonly consoleUrl: string;
}

/** Characters that each spelling writes another way, and a random part that is found nowhere by chance. */
function secretOf(name: string): string {
  return `${name.toLowerCase()}/+ä@:${randomBytes(9).toString("hex")}`;
}

/** Text without blanks or commas, as headers and lists want it. */
function tokenOf(name: string): string {
  return `${name.toLowerCase()}-${randomBytes(16).toString("hex")}`;
}

/**
 * A value of its own for every secret that there is, each asked for by whom it is for: Redis, registry, gateway, mail
 * server, OpenID provider and collector let nobody in without.
 */
export async function secretSettings(
  t: Test,
  { kafka, stackEnv, folder }: SecuredGround,
  gatewayUrl: () => string,
  unknown: (address: string) => boolean,
): Promise<SecretSettings> {
  const secrets = new Map<string, string>();
  const keep = (name: string, secret: string) => {
    secrets.set(name, secret);
    return secret;
  };
  const login = (name: string) => {
    const password = keep(name, secretOf(name));
    return { password, userinfo: `${USER}:${encodeURIComponent(password)}@`, basic: basic(password) };
  };

  const registryLogin = login("SCHEMA_REGISTRY_URL");
  const registryPassword = keep("SCHEMA_REGISTRY_PASSWORD", secretOf("registry"));
  const registryToken = keep("SCHEMA_REGISTRY_TOKEN", tokenOf("bearer"));
  const registryAt = new URL(stackEnv.SCHEMA_REGISTRY_URL ?? "");
  const registry = await authorizingProxy(t, () => registryAt.origin, [
    registryLogin.basic,
    basic(registryPassword),
    `Bearer ${registryToken}`,
  ]);
  const gatewayLogin = login("GATEWAY_URL");
  const gateway = await authorizingProxy(t, gatewayUrl, [gatewayLogin.basic]);

  const mailLogin = login("SMTP_URL");
  const relay = await talkativeRelay(t, {
    ...{ user: USER, password: mailLogin.password, to: stackEnv.SMTP_URL ?? "", unknown },
  });

  const redisLogin = login("REDIS_URL");
  const redisAt = new URL(stackEnv.REDIS_URL ?? "");
  const redis = new Redis(stackEnv.REDIS_URL ?? "");
  t.teardown(() => redis.disconnect());
  await redis.call("ACL", "SETUSER", USER, "on", `>${redisLogin.password}`, "~*", "&*", "+@all");
  await redis.auth(USER, redisLogin.password);
  await redis.call("ACL", "SETUSER", "default", "off");

  const consolePort = await freePort();
  const consoleUrl = `http://127.0.0.1:${consolePort}`;
  const provider = await startProvider(t, `${consoleUrl}/callback`);
  const collector = await startCollector(t);
  keep("CONSOLE_OIDC_CLIENT_SECRET", provider.settings.CONSOLE_OIDC_CLIENT_SECRET ?? "");
  const viewer = keep("CONSOLE_TOKENS of a viewer", tokenOf("viewer"));
  const oncall = keep("CONSOLE_TOKENS of an operator", tokenOf("oncall"));
  const otel = keep("OTEL_EXPORTER_OTLP_HEADERS", tokenOf("otel"));
  // Any line of it gives the key away.
  keep("KAFKA_TLS_KEY", kafka.key.split("\n")[1] ?? "");
  await writeFile(join(folder, "tls.key"), kafka.key);
  await writeFile(join(folder, "tls.crt"), kafka.cert);

  const everyone = {
    LOG_LEVEL: "debug",
    // So much logging on a slow machine must not let every hold run out.
    INTAKE_HOLD: "20s",
    SCHEMA_REGISTRY_URL: `http://${registryLogin.userinfo}${new URL(registry.url).host}${registryAt.pathname}`,
    REDIS_URL: `redis://${redisLogin.userinfo}${redisAt.host}`,
    SMTP_URL: `smtp://${mailLogin.userinfo}127.0.0.1:${relay.port}`,
    GATEWAY_URL: `http://${gatewayLogin.userinfo}${new URL(gateway.url).host}`,
    ADMIN_TOKEN: keep("ADMIN_TOKEN", tokenOf("admin")),
    ...provider.settings,
    CONSOLE_PORT: String(consolePort),
    CONSOLE_URL: consoleUrl,
    CONSOLE_SESSION_SECRET: keep("CONSOLE_SESSION_SECRET", tokenOf("session")),
    CONSOLE_PROXY_SECRET: keep("CONSOLE_PROXY_SECRET", tokenOf("proxy")),
    CONSOLE_TOKENS: `dashboard:viewer:${viewer},ann:operator+personal:${oncall}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${otel}`,
  };
  const bareRegistry = `${registry.url}${registryAt.pathname}`;
  const ofKafka = {
    KAFKA_TLS_CERT_FILE: join(folder, "tls.crt"),
    KAFKA_TLS_KEY_FILE: join(folder, "tls.key"),
    // Not in force beside a password, and no less a secret.
    KAFKA_SASL_CLIENT_SECRET: keep("KAFKA_SASL_CLIENT_SECRET", tokenOf("oauth")),
  };
  const others: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "boxoffice-deploy": {
      SCHEMA_REGISTRY_URL: bareRegistry,
      SCHEMA_REGISTRY_USERNAME: USER,
      SCHEMA_REGISTRY_PASSWORD: registryPassword,
    },
    "boxoffice-operator": { SCHEMA_REGISTRY_URL: bareRegistry, SCHEMA_REGISTRY_TOKEN: registryToken },
    // With every call of the Kafka client; of all of them it would be more work than the on-sale itself.
    "boxoffice-notification": { LOG_LEVEL: "trace" },
    "boxoffice-console": { LOG_LEVEL: "trace" },
  };
  const settings: MoreSettings = (user) =>
    user === undefined ? everyone : { ...everyone, ...ofKafka, ...others[user] };
  return { settings, secrets, registry, gateway, relay, collector, redis, consoleUrl };
}

function basic(password: string): string {
  return `Basic ${Buffer.from(`${USER}:${password}`).toString("base64")}`;
}
