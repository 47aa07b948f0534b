import type { Field, Node } from "./node.ts";
import type { Plan, RecordPlan, Scalar } from "./plan.ts";

/** Bytes of an array's shell, its first slots included; more than it takes, for its 60 ns. */
export const LIST_BYTES = 80;
/** Of a map's. What it costs in time is the smaller bound: 60 ns each. */
export const MAP_BYTES = 120;
/** Of one entry: a new key is looked up among all of the process's texts, so this stands for its 300 ns too. */
export const ENTRY_BYTES = 1024;
const SLOT_BYTES = 8;
const RECORD_BYTES = 40;
const TEXT_BYTES = 24;
/** Twice what it takes: with the collection of its garbage each costs 150 ns. */
const BUFFER_BYTES = 320;
const BOXED_BYTES = 16;
const BIGINT_BYTES = 48;

const SCALAR_BYTES: { readonly [S in Scalar]: number } = {
  null: 0,
  boolean: 0,
  int: 0,
  long: BOXED_BYTES,
  float: BOXED_BYTES,
  double: BOXED_BYTES,
  string: TEXT_BYTES,
  bytes: BUFFER_BYTES,
  intAsFloat: BOXED_BYTES,
  longAsFloat: BOXED_BYTES,
  longAsDouble: BOXED_BYTES,
  intAsBigint: BIGINT_BYTES,
  longAsBigint: BIGINT_BYTES,
};

/**
 * Estimates, from what V8 of Node 26 was seen to allocate, of what a value takes beyond its bytes on the wire. A
 * record, list or map counts itself when it is made; here it is the slot that points to it.
 */
export function slotBytes(plan: Plan): number {
  switch (plan.do) {
    case "read":
      return SLOT_BYTES + SCALAR_BYTES[plan.as];
    case "fixed":
      return SLOT_BYTES + BUFFER_BYTES;
    case "union":
      return Math.max(SLOT_BYTES, ...plan.branches.map(slotBytes));
    default:
      return SLOT_BYTES;
  }
}

/** Of a record itself, with what its fields point to, defaults included. */
export function recordBytes(plan: RecordPlan): number {
  const read = plan.steps.reduce((sum, step) => sum + ("plan" in step ? slotBytes(step.plan) : 0), 0);
  return (
    RECORD_BYTES + read + plan.defaults.reduce((sum, { json, type }) => sum + defaultBytes(json, type), 0)
  );
}

// A default that is made anew for each record; by its text, as it is no longer than that many values.
function defaultBytes(json: unknown, type: Node): number {
  if (typeof json === "string" && type.kind !== "string" && type.kind !== "enum") return BUFFER_BYTES;
  if (typeof json !== "object" || json === null) return SLOT_BYTES + BOXED_BYTES;
  return MAP_BYTES + JSON.stringify(json).length * SLOT_BYTES * 2 + missingBytes(json, type);
}

/** Fields that a record's default leaves to their own defaults. */
function missingBytes(json: object, type: Node): number {
  if (type.kind !== "record") return 0;
  const missing = type.fields.filter((field: Field) => !Object.hasOwn(json, field.name));
  return missing.length * (SLOT_BYTES + BUFFER_BYTES);
}
