/**
 * The parts inside kafkajs 2.2.4 that this folder builds on; kafkajs publishes types for its surface only.
 * `kafkajs-patches.ts` checks at import that they are still what is said here.
 */
declare module "kafkajs/src/cluster/index.js" {
  import type { KafkaBroker } from "kafkajs/src/broker/index.js";
  import type { InternalLogger } from "kafkajs/src/loggers/index.js";

  export interface PartitionMetadata {
    readonly partitionId: number;
    readonly leader: number;
    readonly partitionErrorCode: number;
  }
  export interface TopicMetadata {
    readonly topic: string;
    readonly topicErrorCode: number;
    readonly partitionMetadata: readonly PartitionMetadata[];
  }
  export interface ClusterOptions {
    readonly logger: InternalLogger;
    readonly brokers: readonly string[];
    readonly ssl: object | undefined;
    readonly sasl: object | undefined;
    readonly clientId: string;
    readonly connectionTimeout: number;
    readonly authenticationTimeout: number;
    readonly requestTimeout: number;
    readonly enforceRequestTimeout: boolean;
    readonly metadataMaxAge: number;
    readonly allowAutoTopicCreation: boolean;
    readonly maxInFlightRequests: number | null;
    readonly isolationLevel: number;
    readonly retry: object;
    readonly socketFactory: (options: {
      host: string;
      port: number;
      ssl: object | undefined;
      onConnect: () => void;
    }) => import("node:net").Socket;
  }
  export default class Cluster {
    constructor(options: ClusterOptions);
    readonly targetTopics: Set<string>;
    isConnected(): boolean;
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    removeBroker(address: { host: string; port: number }): void;
    refreshMetadata(): Promise<void>;
    refreshMetadataIfNecessary(): Promise<void>;
    addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
    getNodeIds(): string[];
    findBroker(options: { nodeId: string | number }): Promise<KafkaBroker>;
    findControllerBroker(): Promise<KafkaBroker>;
    findTopicPartitionMetadata(topic: string): readonly PartitionMetadata[];
    findGroupCoordinator(options: { groupId: string; coordinatorType?: number }): Promise<KafkaBroker>;
    fetchTopicsOffset(
      topics: readonly {
        topic: string;
        partitions: readonly { partition: number }[];
        fromBeginning?: boolean;
        fromTimestamp?: number;
      }[],
    ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
    metadata(options: { topics: readonly string[] }): Promise<{ topicMetadata: readonly TopicMetadata[] }>;
  }
}

declare module "kafkajs/src/broker/index.js" {
  import type { TopicMetadata } from "kafkajs/src/cluster/index.js";

  export interface ProducerIdentity {
    readonly transactionalId: string;
    readonly producerId: string;
    readonly producerEpoch: number;
  }
  export interface KafkaBroker {
    readonly nodeId: string | number;
    isConnected(): boolean;
    metadata(topics: readonly string[]): Promise<{ topicMetadata: readonly TopicMetadata[] }>;
    /** Encoded by `produce-request.ts`; the answer is not checked for errors. */
    produce(options: {
      topicData: readonly {
        topic: string;
        partitions: readonly { partition: number; batch: Buffer }[];
      }[];
      transactionalId: string | undefined;
      acks: number;
      timeout: number;
    }): Promise<{
      topics: readonly {
        topicName: string;
        partitions: readonly { partition: number; errorCode: number }[];
      }[];
    }>;
    /** Decoded by `fetch-response.ts`. */
    fetch(options: {
      isolationLevel: number;
      maxWaitTime: number;
      minBytes: number;
      maxBytes: number;
      topics: readonly {
        topic: string;
        partitions: readonly { partition: number; fetchOffset: string; maxBytes: number }[];
      }[];
    }): Promise<import("./fetch-response.ts").FetchResponse>;
    heartbeat(options: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>;
    initProducerId(options: {
      transactionalId: string | undefined;
      transactionTimeout: number;
    }): Promise<{ producerId: string; producerEpoch: number }>;
    addPartitionsToTxn(
      options: ProducerIdentity & { topics: readonly { topic: string; partitions: readonly number[] }[] },
    ): Promise<unknown>;
    addOffsetsToTxn(options: ProducerIdentity & { groupId: string }): Promise<unknown>;
    txnOffsetCommit(
      options: ProducerIdentity & {
        groupId: string;
        topics: readonly {
          topic: string;
          partitions: readonly { partition: number; offset: string; metadata: string }[];
        }[];
      },
    ): Promise<unknown>;
    endTxn(options: ProducerIdentity & { transactionResult: boolean }): Promise<unknown>;
  }
}

declare module "kafkajs/src/consumer/consumerGroup.js" {
  import type { KafkaBroker } from "kafkajs/src/broker/index.js";
  import type Cluster from "kafkajs/src/cluster/index.js";

  interface TopicPartitions {
    readonly topic: string;
    readonly partitions: number[];
  }
  export default class ConsumerGroup {
    readonly cluster: Cluster;
    readonly groupId: string;
    readonly memberId: string | null;
    readonly generationId: number | null;
    readonly coordinator: KafkaBroker | null;
    readonly topicsSubscribed: string[];
    readonly topicConfigurations: Record<string, { fromBeginning: boolean }>;
    readonly partitionsPerSubscribedTopic: Map<string, number[]> | null;
    readonly subscriptionState: {
      pause(partitions: readonly TopicPartitions[]): void;
      resume(partitions: readonly TopicPartitions[]): void;
    };
    readonly offsetManager: {
      resolveOffset(position: { topic: string; partition: number; offset: string }): void;
      nextOffset(topic: string, partition: number): { toString(): string };
    };
    seek(position: { topic: string; partition: number; offset: string }): void;
    joinAndSync(): Promise<void>;
    fetch(nodeId: string): Promise<readonly object[]>;
    heartbeat(options: { interval: number }): Promise<void>;
    checkForStaleAssignment(): void;
    recoverFromFetch(error: unknown): Promise<void>;
    recoverFromOffsetOutOfRange(error: { topic: string; partition: number }): Promise<void>;
  }
}

declare module "kafkajs/src/consumer/index.js" {
  import type { Consumer } from "kafkajs";
  export default function createConsumer(options: object): Consumer;
}

declare module "kafkajs/src/admin/index.js" {
  import type { Admin } from "kafkajs";
  export default function createAdmin(options: object): Admin;
}

declare module "kafkajs/src/loggers/index.js" {
  export interface InternalLogger {
    namespace(name: string): InternalLogger;
  }
  export interface LogEntry {
    readonly namespace: string;
    readonly level: number;
    readonly log: { readonly message: string; readonly [field: string]: unknown };
  }
  const loggers: {
    readonly LEVELS: { NOTHING: 0; ERROR: 1; WARN: 2; INFO: 4; DEBUG: 5 };
    createLogger(options: { level: number; logCreator: () => (entry: LogEntry) => void }): InternalLogger;
  };
  export default loggers;
}

declare module "kafkajs/src/network/requestQueue/index.js" {
  export default class RequestQueue {
    pending: unknown[];
    throttledUntil: number;
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
  }
}

declare module "kafkajs/src/protocol/requests/fetch/index.js" {
  interface Exchange {
    readonly request: object;
    readonly response: {
      decode(raw: Buffer): Promise<unknown>;
      parse(decoded: unknown): Promise<unknown>;
    };
    readonly requestTimeout: number;
  }
  const fetchRequest: {
    versions: string[];
    protocol(options: { version: number }): (options: object) => Exchange;
  };
  export default fetchRequest;
}

declare module "kafkajs/src/protocol/requests/produce/index.js" {
  interface Exchange {
    readonly request: { readonly apiKey: number; readonly apiVersion: number; readonly apiName: string };
    readonly response: {
      decode(raw: Buffer): Promise<unknown>;
      parse(decoded: unknown): Promise<unknown>;
    };
  }
  const produceRequest: {
    versions: string[];
    protocol(options: { version: number }): (options: object) => Exchange;
  };
  export default produceRequest;
}

declare module "kafkajs/src/protocol/encoder.js" {
  export default class Encoder {
    constructor(size?: number);
    buf: Buffer;
    offset: number;
    readonly buffer: Buffer;
    writeBufferInternal(buffer: Buffer): void;
  }
}

declare module "kafkajs/src/protocol/recordBatch/crc32C/index.js" {
  export default function crc32C(bytes: Buffer): number;
}

declare module "kafkajs/src/protocol/error.js" {
  const errors: {
    createErrorFromCode(code: number): Error & { type: string; code: number; retriable: boolean };
  };
  export default errors;
}
