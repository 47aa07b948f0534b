import { isObject, type Json } from "../../../workers/_runtime/avro/names.ts";

/** What a number or some bytes mean by their logical type: the codec hands them over as they are. */
const UNITS: Readonly<Record<string, string>> = {
  "int date": "Days since 1970-01-01.",
  "int time-millis": "Milliseconds since midnight.",
  "long time-micros": "Microseconds since midnight.",
  "long timestamp-millis": "Epoch milliseconds.",
  "long timestamp-micros": "Epoch microseconds.",
  "long timestamp-nanos": "Epoch nanoseconds.",
  "long local-timestamp-millis": "Milliseconds since 1970-01-01T00:00, local time.",
  "long local-timestamp-micros": "Microseconds since 1970-01-01T00:00, local time.",
  "long local-timestamp-nanos": "Nanoseconds since 1970-01-01T00:00, local time.",
  "string uuid": "A UUID.",
  "fixed uuid": "A UUID's 16 bytes.",
  "fixed duration": "Months, days and milliseconds: three little-endian numbers of four bytes.",
};

/** For a field's doc comment; of a union its only branch that has one. */
export function unitOf(type: unknown): string | undefined {
  if (Array.isArray(type)) {
    const units = type.flatMap((branch) => unitOf(branch) ?? []);
    return units.length === 1 ? units[0] : undefined;
  }
  if (!isObject(type)) return undefined;
  if (isObject(type.type)) return unitOf(type.type);
  if (type.type === "array") return unitOf(type.items);
  if (type.type === "map") return unitOf(type.values);
  if (type.logicalType === "decimal") return decimal(type);
  return UNITS[`${type.type} ${type.logicalType}`];
}

function decimal({ type, scale = 0 }: Json): string | undefined {
  if (type !== "bytes" && type !== "fixed") return undefined;
  return `A decimal of scale ${String(scale)}: the unscaled number, big-endian two's complement.`;
}

/** Today's are beyond 2^53: as a `number` none could be decoded. */
export function needsBigint(type: Json): boolean {
  return (
    type.type === "long" &&
    /^(local-)?timestamp-nanos$/.test(String(type.logicalType)) &&
    type.tsType !== "bigint"
  );
}
