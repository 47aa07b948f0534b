import type { DeclaredTopic, TopicKind } from "../../../workers/_runtime/derived-topics.ts";
import type { Declarations } from "../../k8s/declarations.ts";
import { COPY, messageRef } from "./messages.ts";

const PURPOSES: { readonly [K in TopicKind]: (topic: DeclaredTopic) => string } = {
  source: () => "Source topic.",
  retry: ({ worker, source }) =>
    `What ${worker} tries again later, and what waits behind it; from ${source}.`,
  replay: ({ worker, source }) => `Dead letters put back to work for ${worker}; from ${source}.`,
  dlq: ({ worker, source }) => `Dead letters of ${worker}; from ${source}.`,
  fleet: () => "The fleet's own.",
};

/** A channel for each topic, under the topic's name. */
export function channelsOf({ topics, workers }: Declarations, carried: Carried): Record<string, object> {
  return Object.fromEntries(
    topics
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((topic) => [
        topic.name,
        {
          address: topic.name,
          description: PURPOSES[topic.kind](topic),
          messages: Object.fromEntries(
            messagesIn(topic, { workers, carried }).map((name) => [name, messageRef(name)]),
          ),
          bindings: { kafka: binding(topic) },
        },
      ]),
  );
}

/** Simple names of the records that each source topic carries. */
export type Carried = ReadonlyMap<string, readonly string[]>;

/** Names of the messages in a topic: of derived ones, copies of the records that its worker reads. */
export function messagesIn(
  topic: DeclaredTopic,
  { workers, carried }: Pick<Declarations, "workers"> & { readonly carried: Carried },
): readonly string[] {
  if (topic.kind === "fleet") return [topic.name];
  if (topic.kind === "source") return carried.get(topic.name) ?? [];
  const read = workers
    .filter(({ name }) => name === topic.worker)
    .flatMap(({ reads }) => reads.filter(({ topic: { name } }) => name === topic.source))
    .flatMap(({ records }) => records.map(({ name }) => name + COPY));
  return [...new Set(read)];
}

function binding({ name, partitions, replicationFactor, config }: DeclaredTopic): object {
  const number = (key: string) => (config[key] === undefined ? {} : { [key]: Number(config[key]) });
  return {
    topic: name,
    partitions,
    ...(replicationFactor !== undefined && { replicas: replicationFactor }),
    topicConfiguration: {
      "cleanup.policy": (config["cleanup.policy"] ?? "delete").split(","),
      ...number("retention.ms"),
      ...number("retention.bytes"),
      ...number("max.message.bytes"),
    },
    bindingVersion: "0.5.0",
  };
}
