import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import * as z from "zod";
import type { KafkaConfig } from "../../workers/_runtime/config.ts";
import type { JavaClient } from "../contract/java-client.ts";
import type { SecureKafka } from "./secure-kafka.ts";

const KafkaUser = z.object({
  kind: z.literal("KafkaUser"),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    authentication: z.object({ type: z.literal("scram-sha-512") }),
    authorization: z.object({
      type: z.literal("simple"),
      acls: z.array(
        z.strictObject({
          resource: z.strictObject({
            type: z.enum(["topic", "group", "transactionalId"]),
            name: z.string(),
            patternType: z.enum(["literal", "prefix"]),
          }),
          operations: z.array(z.string()),
        }),
      ),
    }),
  }),
});

/** What Strimzi calls it -> what Kafka does. */
const WORDS: Readonly<Record<string, string>> = {
  topic: "TOPIC",
  group: "GROUP",
  transactionalId: "TRANSACTIONAL_ID",
  literal: "LITERAL",
  prefix: "PREFIXED",
};

/** Each user of the generated manifests, made on a real broker as Strimzi's user operator would. */
export async function createKafkaUsers(
  java: JavaClient,
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(folder, "components/strimzi/users.yaml"), "utf8");
  const users = parseAllDocuments(text).map((document) => KafkaUser.parse(document.toJS()));
  const passwords = new Map<string, string>();
  for (const { metadata, spec } of users) {
    const password = randomBytes(12).toString("base64url");
    passwords.set(metadata.name, password);
    await java.createScramUser(metadata.name, password);
    await java.createAcls(
      metadata.name,
      spec.authorization.acls.map(({ resource, operations }) => ({
        type: WORDS[resource.type] ?? resource.type,
        name: resource.name,
        pattern: WORDS[resource.patternType] ?? resource.patternType,
        operations: operations.map((operation) =>
          operation.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase(),
        ),
      })),
    );
  }
  return passwords;
}

/** How one of them connects. */
export function kafkaConfigOf(
  kafka: SecureKafka,
  passwords: ReadonlyMap<string, string>,
  username: string,
): KafkaConfig {
  const password = passwords.get(username);
  if (password === undefined) throw new Error(`no user '${username}'`);
  return {
    brokers: [kafka.sasl],
    tls: { ca: kafka.ca },
    sasl: { mechanism: "scram-sha-512", username, password },
  };
}
