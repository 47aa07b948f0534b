import type { Header, KafkaRecord } from "../../workers/_runtime/record.ts";

/**
 * A record of a derived topic as the wire contract describes it, read without the runtime's own parser: what
 * begins with `bo-` is ours, but for `bo-x-`, behind which a producer's own `bo-` name stands.
 */
export interface Copy {
  readonly record: KafkaRecord;
  /** The producer's, in order, under their own names. */
  readonly theirs: readonly Header[];
  readonly ours: Readonly<Record<string, string>>;
  /** Bytes of ours on the wire, names included. */
  readonly oursBytes: number;
}

/** @throws {Error} when a header of ours is null, repeated or not UTF-8. */
export function copyOf(record: KafkaRecord): Copy {
  const theirs: Header[] = [];
  const ours: Record<string, string> = Object.create(null);
  let oursBytes = 0;
  for (const [name, value] of record.headers) {
    if (!name.startsWith("bo-")) theirs.push([name, value]);
    else if (name.startsWith("bo-x-")) theirs.push([name.slice("bo-x-".length), value]);
    else {
      if (value === null || name in ours) throw new Error(`'${name}' is null or there twice`);
      ours[name] = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
      oursBytes += Buffer.byteLength(name) + value.length;
    }
  }
  return { record, theirs, ours, oursBytes };
}

/** Copies by the identity they carry, in the order of the log. */
export function copiesById(records: readonly KafkaRecord[]): ReadonlyMap<string, readonly Copy[]> {
  const copies = new Map<string, Copy[]>();
  for (const record of records) {
    const copy = copyOf(record);
    const id = copy.ours["bo-id"] ?? "";
    copies.set(id, [...(copies.get(id) ?? []), copy]);
  }
  return copies;
}
