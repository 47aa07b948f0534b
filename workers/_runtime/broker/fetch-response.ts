import type { KafkaRecord } from "../record.ts";
import { type AbortedTransaction, decodeBatches } from "./batch-decoder.ts";
import { readInt64 } from "./varint.ts";

/**
 * What the consumer of kafkajs is given in place of its messages: one for all that was fetched of a
 * partition, standing at the last offset read. So kafkajs neither decodes records (it loses headers and
 * takes data for markers) nor counts them, and a range of markers only moves the position like any other.
 */
export interface Slice {
  /** The last offset read, as kafkajs wants it: the next position is behind it. */
  readonly offset: string;
  readonly isControlRecord: false;
  readonly records: readonly KafkaRecord[];
  readonly nextOffset: number;
}

export interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  /** The last stable offset: what read committed can see ends before it. */
  readonly lastStableOffset: string;
  readonly abortedTransactions: readonly never[];
  readonly preferredReadReplica: number;
  readonly messages: readonly Slice[];
}

export interface FetchResponse {
  readonly throttleTime: 0;
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly FetchedPartition[];
  }[];
}

/** Decodes a Fetch response, version 11 (Kafka 2.3 and later). */
export function decodeFetchResponse(raw: Buffer): FetchResponse {
  let at = 0;
  const skip = (bytes: number) => {
    const from = at;
    at += bytes;
    return from;
  };
  const int16 = () => raw.readInt16BE(skip(2));
  const int32 = () => raw.readInt32BE(skip(4));
  const int64 = () => readInt64(raw, skip(8));
  const list = <T>(read: () => T): T[] => Array.from({ length: Math.max(0, int32()) }, read);
  const bytes = (length: number) => raw.subarray(skip(length), at);

  const partition = (topic: string): FetchedPartition => {
    const index = int32();
    const errorCode = int16();
    const highWatermark = int64();
    const lastStableOffset = int64();
    int64(); // log start offset
    const aborted = list((): AbortedTransaction => ({ producerId: int64(), firstOffset: int64() }));
    const preferredReadReplica = int32();
    const batches = bytes(Math.max(0, int32()));
    const { records, nextOffset } = decodeBatches(topic, index, batches, aborted);
    return {
      partition: index,
      errorCode,
      highWatermark: String(highWatermark),
      lastStableOffset: String(lastStableOffset),
      abortedTransactions: [],
      preferredReadReplica,
      messages:
        nextOffset < 0
          ? []
          : [{ offset: String(nextOffset - 1), isControlRecord: false, records, nextOffset }],
    };
  };

  const clientSideThrottleTime = int32();
  const errorCode = int16();
  const sessionId = int32();
  const responses = list(() => {
    const topicName = bytes(int16()).toString();
    return { topicName, partitions: list(() => partition(topicName)) };
  });
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}
