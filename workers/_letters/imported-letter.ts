import { parseIdentity } from "../_runtime/identity.ts";
import type { Header, OutRecord } from "../_runtime/record.ts";
import type { ExportedLetter } from "./exported-letter.ts";
import { partsOfDlq, readOurs } from "./letter.ts";

/** An exported letter as this cluster takes it. */
export interface Importable {
  /** As it lies in its own cluster: `<cluster>.<dlq>-<partition>-<offset>`. */
  readonly name: string;
  /** Key, value and headers; topic and partition are this cluster's. */
  readonly record: OutRecord & { readonly partition: number };
}

export const CLUSTER_ID = /^[a-zA-Z0-9_-]{1,64}$/;
/** The place of this very record, in our headers; those of another letter or plan there stay what they are. */
const ID = "bo-id";
const LETTER = "bo-letter";
const TIME = "bo-time";

/** Why a letter doesn't come in, or what is written. `partition` is chosen by who knows the DLQ. */
export function importable(letter: ExportedLetter, cluster: string, partition: number): Importable | string {
  const { cluster: from, topic } = letter;
  if (!CLUSTER_ID.test(from)) return `'${from.slice(0, 70)}' can be no cluster's id`;
  if (from === cluster) return "it was exported from this very cluster";
  const headers = letter.headers.map(([name, value]): Header => [name, bytes(value)]);
  const { id } = readOurs(headers).ours;
  if (id?.topic.startsWith(`${cluster}.`)) return "it came from this very cluster before";
  return {
    name: `${from}.${topic}-${letter.partition}-${letter.offset}`,
    record: {
      topic,
      partition,
      key: bytes(letter.key),
      value: bytes(letter.value),
      headers: prefixed(headers, letter),
    },
  };
}

/** Every header as it was, in its order, but for those that name a place in the other cluster. */
function prefixed(headers: readonly Header[], letter: ExportedLetter): Header[] {
  const { cluster, topic, partition, offset, timestamp } = letter;
  // What came from a third cluster is named by that one already.
  const here = [partsOfDlq(topic)?.topic, topic];
  const renamed = headers.map(([name, value]): Header => {
    if ((name !== ID && name !== LETTER) || value === null) return [name, value];
    const place = parseIdentity(value.toString());
    return [name, here.includes(place?.topic) ? Buffer.concat([Buffer.from(`${cluster}.`), value]) : value];
  });
  const has = (wanted: string) => headers.some(([name]) => name === wanted);
  if (!has(ID)) renamed.push([ID, Buffer.from(`${cluster}.${topic}-${partition}-${offset}`)]);
  // What is copied gets a fresh timestamp: the letter's own stands for an origin's that nobody knows.
  if (!has(TIME)) renamed.push([TIME, Buffer.from(String(timestamp))]);
  return renamed;
}

function bytes(base64: string | null): Buffer | null {
  return base64 === null ? null : Buffer.from(base64, "base64");
}
