import type { ValueSource } from "./config-resolve.ts";
import type { Profile, SettingName } from "./config-settings.ts";
import type { StaticToken } from "./config-values.ts";

/**
 * What is in force. An endpoint that is not set (`redis.url`, …) throws a ConfigError naming it when it is
 * read: a worker can only reach what its permissions name.
 */
export interface Config {
  /** Defaults for a laptop, for tests, for a cluster. */
  readonly profile: Profile;
  readonly kafka: KafkaConfig;
  readonly registry: RegistryConfig;
  readonly redis: { readonly url: string };
  readonly smtp: { readonly url: string; readonly from: string };
  readonly gateway: {
    readonly url: string;
    /** Of one call; a charge is never started later than the hold's deadline less this. */
    readonly timeoutMs: number;
  };
  readonly intake: IntakeConfig;
  readonly console: ConsoleConfig;
  /** Where `/livez`, `/readyz` and `/metrics` listen; port 0 takes a free one. */
  readonly health: { readonly host: string; readonly port: number };
  readonly log: { readonly level: string };
  /** Undefined: nothing is traced. */
  readonly tracing: TracingConfig | undefined;
  readonly runtime: RuntimeConfig;
  /** Every setting with where its value came from, secrets masked: what `boxoffice config` prints. */
  readonly settings: readonly ConfigRow[];
  /** Names in the environment that look like a misspelt setting, and other things to look at; log them. */
  readonly warnings: readonly string[];
}

/** One setting in force. */
export interface ConfigRow {
  readonly name: SettingName;
  /** As text, secrets masked; undefined: not set. */
  readonly value: string | undefined;
  readonly source: ValueSource;
  /** What it is for. */
  readonly doc: string;
}

export interface TracingConfig {
  /** Of the collector, without `/v1/traces`. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the traces that begin here, how many are kept: 0 to 1. */
  readonly ratio: number;
}

export interface IntakeConfig {
  readonly host: string;
  readonly port: number;
  /** From request to deadline. */
  readonly holdMs: number;
  /** Per client. */
  readonly rate: { readonly perSecond: number; readonly burst: number };
  /** Publishes in flight; beyond it 503 with Retry-After. */
  readonly maxInFlight: number;
  /** After it a publish counts as unknown. */
  readonly publishTimeoutMs: number;
}

/** Where the operator's console listens and how it knows who is there. With no way in it serves loopback only. */
export interface ConsoleConfig {
  readonly host: string;
  readonly port: number;
  /** As browsers see it; undefined: its own address. */
  readonly url: string | undefined;
  /** Workers' health ports. */
  readonly healthUrls: readonly string[];
  readonly oidc: OidcConfig | undefined;
  readonly proxy:
    | { readonly secret: string; readonly userHeader: string; readonly rolesHeader: string }
    | undefined;
  readonly tokens: readonly StaticToken[];
  /** Before the names of roles, in claims and in the proxy's header. */
  readonly rolesPrefix: string;
}

export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly scope: string;
  /** Of access tokens taken as bearer tokens; undefined: none are. */
  readonly audience: string | undefined;
  readonly nameClaim: string;
  readonly rolesClaim: string;
  readonly sessionSecret: string;
  readonly sessionMs: number;
}

export interface RuntimeConfig {
  /** Replaces every worker's declared ladder, e.g. `["200ms", "1s"]` in the local profile. */
  readonly retry: readonly string[] | undefined;
  /** Replaces every topic's declared partition count. */
  readonly partitions: number | undefined;
  readonly replicationFactor: number | undefined;
  /** Memory for bodies of records read ahead from retry topics, per process, bytes. */
  readonly retryMemoryBytes: number;
  /** From SIGTERM until handlers still running are abandoned. */
  readonly shutdownMs: number;
  /** For authenticated calls to the health port; undefined: they are refused. */
  readonly adminToken: string | undefined;
}

export interface KafkaConfig {
  readonly brokers: readonly string[];
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
  readonly sasl: SaslConfig | undefined;
}

export type SaslConfig =
  | {
      readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
      readonly username: string;
      readonly password: string;
    }
  | {
      readonly mechanism: "oauthbearer";
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly scope?: string;
    };

export interface RegistryConfig {
  readonly url: string;
  readonly auth:
    | { readonly username: string; readonly password: string }
    | { readonly token: string }
    | undefined;
}
