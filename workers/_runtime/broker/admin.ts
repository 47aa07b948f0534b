import { setTimeout as sleep } from "node:timers/promises";
import type * as kafkajs from "kafkajs";
import createAdmin from "kafkajs/src/admin/index.js";
import type Cluster from "kafkajs/src/cluster/index.js";
import { errorType } from "./broker-error.ts";
import { CLIENT_RETRY, type Connections, disconnect } from "./connections.ts";
import { createMissingTopics, leadersKnown } from "./create-topics.ts";
import { groupsOn } from "./groups-on.ts";
import type { Admin, CommittedOffset } from "./port.ts";

const GOODBYE_MS = 1_000;
const TOPIC_RESOURCE = 2;
/** Set on the topic itself. */
const TOPIC_SOURCE = 1;

const ELECTING: ReadonlySet<string> = new Set(["NOT_LEADER_FOR_PARTITION", "LEADER_NOT_AVAILABLE"]);
const ELECTION_TRIES = 30;
const ELECTION_WAIT_MS = 100;

interface Client {
  readonly cluster: Cluster;
  readonly admin: kafkajs.Admin;
  /** Under way now. */
  calls: number;
  /** Of no more use: let go with its last call. */
  retired: boolean;
}

/** `uses` what kafkajs calls admin; connected at first use. */
export function brokerAdmin(pool: Connections): Admin & { close(): Promise<void> } {
  let client: Promise<Client> | undefined;
  let ended = false;

  const open = async (): Promise<Client> => {
    if (ended) throw new Error("Cannot ask the broker as its client is closed");
    // Uncommitted: `offsets()` tells the high watermark, not where open transactions begin.
    const cluster = pool.cluster("read uncommitted");
    const admin = createAdmin({ cluster, logger: pool.logger, retry: CLIENT_RETRY });
    await admin.connect();
    return { cluster, admin, calls: 0, retired: false };
  };
  const connected = () => {
    client ??= open();
    client.catch(() => {
      client = undefined;
    });
    return client;
  };

  const close = async () => {
    const closing = client;
    client = undefined;
    const known = await closing?.catch(() => undefined);
    if (known) await letGo(known);
  };
  const letGo = ({ cluster, admin }: Client) =>
    disconnect(pool, cluster, () => admin.disconnect(), GOODBYE_MS);

  /**
   * A client that once asked for a topic deleted since fails in every call, and one that asks for a topic that never was
   * fails all that ask meanwhile: kafkajs asks for all topics at once. Then each tries one of its own, in which nobody
   * else's topics are, and the old one is let go when its other calls are done, since those would never be answered. A
   * leader that was just elected doesn't know it yet: it is asked again for a while.
   */
  const use = async <T>(task: (client: Client) => Promise<T>): Promise<T> => {
    let own: Client | undefined;
    try {
      for (let tries = 1; ; tries += 1) {
        const used = own === undefined ? connected() : Promise.resolve(own);
        const known = await used;
        known.calls += 1;
        try {
          return await task(known);
        } catch (error) {
          const type = errorType(error) ?? "";
          if (ELECTING.has(type) && tries < ELECTION_TRIES) {
            await sleep(ELECTION_WAIT_MS);
            // It may fail for another call's topic: the next try tells what it means for this one.
            await known.cluster.refreshMetadata().catch(() => {});
          } else if (type === "UNKNOWN_TOPIC_OR_PARTITION" && own === undefined) {
            known.retired = true;
            if (client === used) client = undefined;
            own = await open();
          } else throw error;
        } finally {
          known.calls -= 1;
          if (known.retired && known.calls === 0) await letGo(known);
        }
      }
    } finally {
      if (own !== undefined) await letGo(own);
    }
  };

  const offsets: Admin["offsets"] = (topic) =>
    use(async ({ admin }) =>
      (await admin.fetchTopicOffsets(topic))
        .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
        .sort((a, b) => a.partition - b.partition),
    );

  const listTopics: Admin["listTopics"] = () => use(({ admin }) => admin.listTopics());

  const topicConfigs: Admin["topicConfigs"] = (topics, keys) =>
    use(async ({ admin }) => {
      if (topics.length === 0) return new Map();
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: topics.map((name) => ({ type: TOPIC_RESOURCE, name })),
      });
      const asked = new Set(keys);
      return new Map(
        resources.map(({ resourceName, configEntries }) => [
          resourceName,
          Object.fromEntries(
            configEntries
              .filter(
                ({ configName, configSource }) =>
                  Number(configSource) === TOPIC_SOURCE || asked.has(configName),
              )
              .map(({ configName, configValue }) => [configName, configValue]),
          ),
        ]),
      );
    });

  return {
    async close() {
      // For good: what is asked afterwards must not leave a connection behind.
      ended = true;
      await close();
    },
    offsets,
    offsetsOf: (topics) =>
      use(async ({ cluster }) => {
        // Else kafkajs asks for the metadata of all it knows once more for each topic.
        await cluster.addMultipleTargetTopics([...topics]);
        return new Map(
          await Promise.all(topics.map(async (topic) => [topic, await offsets(topic)] as const)),
        );
      }),
    clusterId: () => use(async ({ admin }) => (await admin.describeCluster()).clusterId),
    groupsOn: (topic) => use(({ admin }) => groupsOn(admin, topic)),
    listTopics,
    createTopics: (topics) => use(({ cluster, admin }) => createMissingTopics(cluster, admin, topics)),

    partitionCounts: (topics) =>
      use(async ({ cluster }) => {
        const { topicMetadata } = await cluster.metadata({ topics: [] });
        const wanted = new Set(topics);
        return new Map(
          topicMetadata
            .filter(({ topic }) => wanted.has(topic))
            .map(({ topic, partitionMetadata }) => [topic, partitionMetadata.length]),
        );
      }),

    async topicConfigs(topics, keys) {
      try {
        return await topicConfigs(topics, keys);
      } catch (error) {
        if (errorType(error) !== "UNKNOWN_TOPIC_OR_PARTITION") throw error;
        // One was deleted since its caller heard of it, and kafkajs gives up all of them.
        const existing = new Set(await listTopics());
        const left = topics.filter((topic) => existing.has(topic));
        if (left.length === topics.length) throw error;
        return await topicConfigs(left, keys);
      }
    },

    addPartitions: (topic, count) =>
      use(async ({ cluster, admin }) => {
        await admin.createPartitions({ topicPartitions: [{ topic, count }] });
        await leadersKnown(cluster, new Map([[topic, count]]));
      }),

    deleteTopics: (topics) =>
      use(async ({ admin }) => {
        if (topics.length > 0) await admin.deleteTopics({ topics: [...topics] });
      }),

    offsetsAt: (topic, time) =>
      use(async ({ admin }) =>
        (await admin.fetchTopicOffsetsByTimestamp(topic, time))
          .map(({ partition, offset }) => ({ partition, offset: Number(offset) }))
          .sort((a, b) => a.partition - b.partition),
      ),

    committed: (groupId, topics) =>
      use(async ({ admin }) => {
        if (topics.length === 0) return new Map();
        const found = await admin.fetchOffsets({ groupId, topics: [...topics] });
        return new Map(found.map(({ topic, partitions }) => [topic, partitions.map(committedOffset)]));
      }),

    async deleteRecords(topic, partition, offset) {
      if (!Number.isInteger(offset) || offset < 0)
        // -1 would delete up to the high watermark, open transactions included.
        throw new RangeError(
          `Cannot delete records of '${topic}' partition ${partition} as 'offset' must be 0 or more: current value is ${offset}`,
        );
      await offsets(topic); // kafkajs knows where a topic's leaders are only after asking for it
      await use(({ admin }) =>
        admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] }),
      );
    },

    members: (groupId) =>
      use(async ({ admin }) => {
        const { groups } = await admin.describeGroups([groupId]);
        return groups.flatMap(({ members }) =>
          members.map(({ memberId, clientId, clientHost }) => ({ memberId, clientId, host: clientHost })),
        );
      }),
  };
}

/** Any negative number means none: kafkajs itself may have committed -1 or -2. */
function committedOffset({ partition, offset, metadata }: kafkajs.FetchOffsetsPartition): CommittedOffset {
  const known = Number(offset);
  return { partition, offset: known >= 0 ? known : undefined, metadata: metadata ?? "" };
}
