export interface EncodedTopic {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly batch: Buffer }[];
}

export interface ProduceArguments {
  readonly transactionalId: string | undefined;
  readonly acks: number;
  readonly timeout: number;
  readonly topicData: readonly EncodedTopic[];
}

/** Encodes the body of a Produce request, version 7 (Kafka 2.1 and later), around batches encoded before. */
export function encodeProduceRequest(request: ProduceArguments): Buffer {
  const parts: Buffer[] = [];
  const { transactionalId } = request;
  parts.push(transactionalId === undefined ? int16(-1) : text(transactionalId));
  parts.push(int16(request.acks), int32(request.timeout), int32(request.topicData.length));
  for (const { topic, partitions } of request.topicData) {
    parts.push(text(topic), int32(partitions.length));
    for (const { partition, batch } of partitions) parts.push(int32(partition), int32(batch.length), batch);
  }
  return Buffer.concat(parts);
}

function int16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int16(bytes.length), bytes]);
}
