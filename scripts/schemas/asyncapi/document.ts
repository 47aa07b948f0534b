import manifest from "../../../package.json" with { type: "json" };
import type { Topic } from "../../../workers/_runtime/mod.ts";
import type { Declarations } from "../../k8s/declarations.ts";
import { channelsOf } from "./channels.ts";
import { messagesOf, messageTraits } from "./messages.ts";
import { operationsOf } from "./operations.ts";

/**
 * The AsyncAPI 3 document of the whole fleet: a channel a topic, a message a record, an operation for each worker and
 * topic. All of it follows from declarations and schemas.
 * @param sources - those of `schemas/topics.ts`
 */
export function asyncapiDocument(declarations: Declarations, sources: readonly Topic[]): object {
  const carried = new Map(sources.map(({ name, records }) => [name, records.map((record) => record.name)]));
  const own = declarations.topics.filter(({ kind }) => kind === "fleet").map(({ name }) => name);
  return {
    asyncapi: "3.0.0",
    info: {
      title: manifest.name,
      version: manifest.version,
      description: manifest.description,
      license: { name: manifest.license },
      tags: declarations.workers.map(({ name }) => ({ name })),
    },
    defaultContentType: "avro/binary",
    servers: {
      kafka: {
        host: "{brokers}",
        protocol: "kafka",
        description: "What KAFKA_BROKERS names. Schemas are in the registry that SCHEMA_REGISTRY_URL names.",
        variables: {
          brokers: {
            default: "localhost:9092",
            description: "KAFKA_BROKERS: host:port, separated by commas.",
          },
        },
      },
    },
    channels: channelsOf(declarations, carried),
    operations: operationsOf(declarations, carried),
    components: { messages: messagesOf(sources, own), messageTraits: messageTraits() },
  };
}
