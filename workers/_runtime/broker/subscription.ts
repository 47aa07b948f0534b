import type Cluster from "kafkajs/src/cluster/index.js";
import type ConsumerGroup from "kafkajs/src/consumer/consumerGroup.js";
import type { Logger } from "pino";
import type { Family } from "./assign.ts";

/** The topics of a member, which change while it lives: delay topics are created and deleted. */
export interface Subscription {
  readonly families: readonly Family[];
  /** Lists for the first time. @throws when that fails. */
  first(): Promise<ReadonlySet<string>>;
  /** Lists again, and forgets what is gone; failing keeps what was known. */
  relist(): Promise<void>;
  /** Puts the topics into a group that is about to join. */
  apply(group: ConsumerGroup): void;
}

export function subscribe(
  cluster: Cluster,
  list: () => Promise<readonly Family[]>,
  log: Logger,
): Subscription {
  let families: readonly Family[] = [];
  const topics = () => new Set(families.flat());
  return {
    get families() {
      return families;
    },
    async first() {
      families = await list();
      return topics();
    },
    async relist() {
      try {
        const listed = await list();
        const wanted = new Set(listed.flat());
        // A topic deleted since would make each refresh of the metadata fail, for the others too.
        for (const topic of [...cluster.targetTopics])
          if (!wanted.has(topic)) cluster.targetTopics.delete(topic);
        await cluster.addMultipleTargetTopics([...wanted]);
        families = listed;
      } catch (error) {
        log.warn({ err: error }, "listing a member's topics failed: the former ones stay");
      }
    },
    apply(group) {
      // The group's own array, read for its protocol in a moment.
      group.topicsSubscribed.splice(0, group.topicsSubscribed.length, ...topics());
      // Without an entry of its own a topic starts at its end, and one out of range crashes the consumer.
      for (const topic of topics()) group.topicConfigurations[topic] = { fromBeginning: true };
    },
  };
}
