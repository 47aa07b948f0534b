import { createHash } from "node:crypto";
import type { DeclaredTopic } from "../../workers/_runtime/derived-topics.ts";
import type { KafkaPrincipal } from "./acls.ts";
import { FLEET, labelsOf, type Manifest } from "./manifest.ts";

export const KAFKA_API = "kafka.strimzi.io/v1";
export const CLUSTER_LABEL = "strimzi.io/cluster";
/** The Kafka resource they belong to, until an overlay says otherwise. */
const CLUSTER = "kafka";

/** What kafkaTopic and `k8s check` agree on: numbers as numbers, as people write them. */
export function topicSpec({ name, partitions, replicationFactor, config }: DeclaredTopic) {
  const number = (value: string) => (/^-?\d+$/.test(value) ? Number(value) : value);
  return {
    topicName: name,
    partitions,
    ...(replicationFactor !== undefined && { replicas: replicationFactor }),
    config: Object.fromEntries(Object.entries(config).map(([key, value]) => [key, number(value)])),
  };
}

export function kafkaTopics(topics: readonly DeclaredTopic[]): readonly Manifest[] {
  const names = objectNames(topics.map(({ name }) => name));
  return topics.map((topic) => ({
    apiVersion: KAFKA_API,
    kind: "KafkaTopic",
    metadata: {
      name: names.get(topic.name) ?? topic.name,
      labels: { ...labelsOf(FLEET), [CLUSTER_LABEL]: CLUSTER },
    },
    spec: topicSpec(topic),
  }));
}

/** Topics to names that Kubernetes takes; two that would be the same get a hash each. */
export function objectNames(topics: readonly string[]): ReadonlyMap<string, string> {
  const plain = (topic: string) =>
    topic
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "");
  const taken = Map.groupBy(topics, plain);
  return new Map(
    topics.map((topic) => {
      const name = plain(topic);
      const hash = createHash("sha256").update(topic).digest("hex").slice(0, 8);
      const isAlone = taken.get(name)?.length === 1 && name !== "" && name.length <= 253;
      return [topic, isAlone ? name : `${name.slice(0, 244)}-${hash}`];
    }),
  );
}

export function kafkaUser({ name, acls }: KafkaPrincipal): Manifest {
  return {
    apiVersion: KAFKA_API,
    kind: "KafkaUser",
    metadata: { name, labels: { ...labelsOf(name), [CLUSTER_LABEL]: CLUSTER } },
    spec: {
      authentication: { type: "scram-sha-512" },
      authorization: {
        type: "simple",
        acls: acls.map(({ type, name: resource, pattern, operations }) => ({
          resource: { type, name: resource, patternType: pattern },
          operations,
        })),
      },
    },
  };
}
