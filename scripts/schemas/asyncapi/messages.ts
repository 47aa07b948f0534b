import type { RecordType, Topic } from "../../../workers/_runtime/mod.ts";
import { copyHeaders } from "./header-schema.ts";

/** What is put behind a record's name for its copies in retry, replay and dead letter topics. */
export const COPY = ".copy";

/** As AsyncAPI's parsers know Avro; the encoding has been the same since. */
const SCHEMA_FORMAT = "application/vnd.apache.avro;version=1.9.0";

const TRACEPARENT = {
  type: "object",
  properties: {
    traceparent: { type: "string", description: "W3C trace context; passed on where there is one." },
  },
};

export function messageRef(name: string): object {
  return { $ref: `#/components/messages/${name}` };
}

/** Each record as it is written, and as its copies are; and the fleet's own. */
export function messagesOf(topics: readonly Topic[], fleetTopics: readonly string[]): Record<string, object> {
  const records = new Map(
    topics.flatMap((topic) => topic.records.map((record) => [record.name, { topic, record }])),
  );
  const sorted = [...records.values()].sort((a, b) => (a.record.name < b.record.name ? -1 : 1));
  return Object.fromEntries([
    ...sorted.flatMap(({ record }) => [
      [record.name, message(record)],
      [record.name + COPY, { ...message(record), traits: [{ $ref: "#/components/messageTraits/copy" }] }],
    ]),
    ...fleetTopics.toSorted().map((name) => [name, fleetMessage(name)]),
  ]);
}

/** Headers of copies. A trait must not say again what the message says, so that the message's own stand. */
export function messageTraits(): Record<string, object> {
  return { copy: { headers: copyHeaders() }, written: { headers: TRACEPARENT } };
}

function message({ name, fullName, schema }: RecordType): object {
  const doc =
    typeof schema === "object" && "doc" in schema && typeof schema.doc === "string" ? schema.doc : undefined;
  return {
    name: fullName,
    title: name,
    ...(doc !== undefined && { summary: doc }),
    contentType: "avro/binary",
    payload: { schemaFormat: SCHEMA_FORMAT, schema },
    bindings: {
      kafka: {
        key: { type: "string", description: "UTF-8; records of one key keep their order." },
        schemaIdLocation: "payload",
        schemaIdPayloadEncoding: "confluent",
        schemaLookupStrategy: "TopicRecordNameStrategy",
        bindingVersion: "0.5.0",
      },
    },
  };
}

function fleetMessage(topic: string): object {
  return {
    name: topic,
    title: topic,
    contentType: "application/json",
    payload: { type: "object" },
    bindings: { kafka: { key: { type: "string" }, bindingVersion: "0.5.0" } },
  };
}
