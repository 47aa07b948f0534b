import type { Header } from "../_runtime/record.ts";
import type { Reading } from "./decode.ts";
import { toJson } from "./event-values.ts";
import type { Decoded, HeaderRow } from "./letter-detail.ts";
import { masked } from "./personal.ts";

/** A reading as people and programs see it: as JSON, personal fields masked unless they may be seen. */
export function toldReading(read: Reading, personal: boolean): Decoded {
  if (!read.ok) return read;
  const { record, schemaId, event, shape } = read;
  const seen = personal ? { value: event, paths: [] } : masked(event, shape, read.personal);
  return {
    ok: true,
    record,
    schemaId,
    event: { ...Object(toJson(seen.value)) },
    ...(read.schema === "writer" && { writer: true as const }),
    masked: seen.paths,
  };
}

export function headerRow([name, value]: Header): HeaderRow {
  const text = value?.toString();
  const exact = value !== null && text !== undefined && Buffer.from(text).equals(value);
  return {
    name,
    text: exact ? text : undefined,
    value: value === null ? null : value.toString("base64"),
    ours: isOurs(name),
  };
}

/** Those that a producer named like ours travel escaped, and are its own. */
function isOurs(name: string): boolean {
  return name.startsWith("bo-") && !name.startsWith("bo-x-");
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

/** The trace a record belongs to, by its W3C header. */
export function traceIdOf(headers: readonly Header[]): string | undefined {
  const header = headers.find(([name]) => name.toLowerCase() === "traceparent");
  return TRACEPARENT.exec(header?.[1]?.toString() ?? "")?.[1];
}
