import type { Test } from "tap";
import { concerts, payments, reservations } from "../../schemas/topics.ts";
import type { Broker, Codec, Event, Topic } from "../../workers/_runtime/mod.ts";
import { createCodec } from "../../workers/_runtime/mod.ts";
import { connectRegistry } from "../../workers/_runtime/registry.ts";
import type { TopicNames } from "../../workers/_seats/told.ts";
import { fleet } from "./fleet.ts";

export interface SourceTopics {
  readonly broker: Broker;
  readonly names: TopicNames;
  readonly signal: AbortSignal;
  readonly registry: ReturnType<typeof connectRegistry>;
  readonly codec: Codec;
  /** Publishes one event to this test's own copy of its topic; answers the partition's next record's place. */
  publish(topic: "concerts" | "reservations" | "payments", event: Event): Promise<void>;
  /** Publishes bytes as they are. */
  publishBytes(topic: keyof TopicNames, key: string, value: Buffer | null): Promise<void>;
}

/** The three source topics under names that no other test has, with the schemas registered. */
export async function sourceTopics(t: Test): Promise<SourceTopics> {
  const own = await fleet(t);
  const copy = <E extends Event>(topic: Topic<E>): Topic<E> => ({
    ...topic,
    name: own.unique(topic.name),
    partitions: 3,
  });
  const copies = { concerts: copy(concerts), reservations: copy(reservations), payments: copy(payments) };
  // `prepare` wants topics of any event; a key is made by the copy's own function below.
  const all = Object.values(copies) as unknown as readonly Topic[];
  await own.prepare(all, []);
  const registry = connectRegistry(own.config.registry);
  const codec = createCodec({ registry, records: [], topics: all });
  const signal = new AbortController().signal;
  await codec.ready(signal);
  const publishBytes = async (topic: keyof TopicNames, key: string, value: Buffer | null) =>
    await own.broker
      .producer()
      .send([{ topic: copies[topic].name, key: Buffer.from(key), value, headers: [] }]);
  return {
    ...{ broker: own.broker, signal, registry, codec, publishBytes },
    names: {
      concerts: copies.concerts.name,
      reservations: copies.reservations.name,
      payments: copies.payments.name,
    },
    async publish(topic, event) {
      const to = copies[topic] as unknown as Topic;
      await publishBytes(topic, to.key(event), codec.encode(to, event).value);
    },
  };
}
