import { parseSchema } from "../_runtime/avro/schema.ts";
import { createCodec, EncodeFailed, readFrame } from "../_runtime/mod.ts";
import type { Registry } from "../_runtime/registry.ts";
import type { EditWish } from "./edited-letter.ts";
import { Refused } from "./failures.ts";
import { fromJson, unmasked } from "./json-value.ts";
import type { Decoded } from "./letter-detail.ts";
import type { ReaderOfDlq } from "./reader-of.ts";

/** What a derived topic takes more is for our headers; keys and foreign headers are small. */
const ROOM_BYTES = 2_048;

/**
 * The value of what an operator wrote, by the worker's reader schema under its id of today; `whole`: the JSON it was made of.
 * @throws {Refused} invalid-edit, naming the path that doesn't fit
 */
export async function editedValue(
  registry: Registry,
  { topic, records, worker }: ReaderOfDlq,
  wish: EditWish["event"],
  shown: { readonly masked: Decoded; readonly real: Decoded },
  signal: AbortSignal,
): Promise<{ readonly value: Buffer; readonly whole: unknown }> {
  if (wish.type === undefined && Object.hasOwn(wish, "raw"))
    return { value: rawValue(wish.raw, topic.maxMessageBytes), whole: undefined };
  const record = records.find(({ name }) => name === wish.type);
  if (!record)
    throw invalid(
      `Cannot edit as 'type' must be a record that ${worker.name} reads of '${topic.name}': ${records.map(({ name }) => name).join(", ")}`,
      "type",
    );
  const whole =
    shown.masked.ok && shown.real.ok ? unmasked(wish, shown.masked.event, shown.real.event) : wish;
  const only = { ...topic, records: [record] };
  const codec = createCodec({ registry, records: [record], topics: [only] });
  await codec.ready(signal);
  const node = parseSchema(record.schema);
  try {
    // The encoder checks every value against the schema, whatever it is.
    const event = fromJson(whole, node) as { readonly type: string };
    return { value: sized(codec.encode(only, event).value, topic.maxMessageBytes), whole };
  } catch (error) {
    if (!(error instanceof EncodeFailed)) throw error;
    throw invalid(error.message, /^Cannot encode '([^']*)'/.exec(error.message)?.[1] ?? "");
  }
}

function rawValue(raw: unknown, mostBytes: number): Buffer {
  const value = typeof raw === "string" ? Buffer.from(raw, "base64") : undefined;
  if (value === undefined || value.toString("base64") !== raw)
    throw invalid("Cannot edit as 'raw' must be a whole value in base64", "raw");
  if (readFrame(value).kind !== "event")
    throw invalid("Cannot edit as 'raw' must begin with a zero byte and a schema id of four", "raw");
  return sized(value, mostBytes);
}

function sized(value: Buffer, mostBytes: number): Buffer {
  if (value.length <= mostBytes - ROOM_BYTES) return value;
  throw invalid(
    `Cannot edit as the new value must be at most ${mostBytes - ROOM_BYTES} bytes: it has ${value.length}`,
    "",
  );
}

export function invalid(message: string, path: string): Refused {
  return new Refused("invalid-edit", message, path === "" ? [] : [path]);
}
