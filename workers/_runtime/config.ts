/** What is in force, validated whole. Placeholder shape: the only reader of the environment. */
export interface Config {
  readonly kafka: KafkaConfig;
  readonly registry: RegistryConfig;
}

export interface KafkaConfig {
  readonly brokers: readonly string[];
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
  readonly sasl:
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
      }
    | undefined;
}

export interface RegistryConfig {
  readonly url: string;
  readonly auth:
    | { readonly username: string; readonly password: string }
    | { readonly token: string }
    | undefined;
}
