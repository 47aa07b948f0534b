/** An Avro schema as JSON. */
export type AvroSchema = string | readonly AvroSchema[] | { readonly [key: string]: unknown };

/** A decoded value that says which record it is: `type` is the record's simple name. */
export interface Event {
  readonly type: string;
}

/**
 * One Avro record that the fleet knows, with this checkout's schema for it. `schemas/types.ts` is generated
 * and exports one per `schemas/*.avsc`, under the same name as the event's TypeScript type.
 */
export interface RecordType<E extends Event = Event> {
  /** Simple name, e.g. `PaymentCaptured`; equals `event.type`. */
  readonly name: string;
  /** With namespace, e.g. `boxoffice.PaymentCaptured`; a part of the subject. */
  readonly fullName: string;
  readonly schema: AvroSchema;
  /** Never set: carries the event's type for inference. */
  readonly event?: E;
}

export type EventOf<R> = R extends RecordType<infer E> ? E : never;

export function record<E extends Event>(fullName: string, schema: AvroSchema): RecordType<E> {
  return { name: fullName.slice(fullName.lastIndexOf(".") + 1), fullName, schema };
}

/** A source topic: which records it carries, how it is keyed and how long it is kept. */
export interface Topic<E extends Event = Event> {
  readonly name: string;
  readonly records: readonly RecordType<E>[];
  /** The record key, as UTF-8; records of one key keep their order. */
  key(event: E): string;
  /** `forever`, `compact` (newest per key), or milliseconds. */
  readonly retention: "forever" | "compact" | number;
  /** Default partition count; a profile may change it (`TOPIC_PARTITIONS`). */
  readonly partitions: number;
  /** Largest record batch the broker takes, bytes. */
  readonly maxMessageBytes: number;
}

export interface TopicOptions<R extends readonly RecordType[]> {
  readonly name: string;
  readonly records: R;
  readonly key: (event: EventOf<R[number]>) => string;
  /** @default 7 days in milliseconds */
  readonly retention?: "forever" | "compact" | number;
  /** @default 12 */
  readonly partitions?: number;
  /** @default 1_048_588, the broker's own default */
  readonly maxMessageBytes?: number;
}

export function topic<const R extends readonly RecordType[]>(
  options: TopicOptions<R>,
): Topic<EventOf<R[number]>> {
  const { retention = 7 * 24 * 3600_000, partitions = 12, maxMessageBytes = 1_048_588 } = options;
  return {
    ...options,
    // The literal tuple R widens to what Topic says: each element carries one of the union's events.
    records: options.records as unknown as readonly RecordType<EventOf<R[number]>>[],
    retention,
    partitions,
    maxMessageBytes,
  };
}
