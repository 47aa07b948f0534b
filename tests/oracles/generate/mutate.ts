import type { Random } from "./random.ts";
import { FIELD_NAMES, Maker, NAMESPACES, type SchemaOptions, SYMBOLS, TYPE_NAMES } from "./schemas.ts";
import { type EnumShape, type FixedShape, fullNameOf, type RecordShape, type Shape } from "./shape.ts";

/** A place in a schema that holds a type. */
interface Slot {
  readonly type: Shape;
  /** A union can't stand in a union. */
  readonly inUnion: boolean;
  set(type: Shape): void;
}

/** What a schema is made of, each named type once. */
interface Parts {
  readonly records: RecordShape[];
  readonly enums: EnumShape[];
  readonly fixeds: FixedShape[];
  readonly slots: Slot[];
}

/** The changes that people make to schemas, and some that they shouldn't. */
export const CHANGES = [
  "add field",
  "remove field",
  "rename field",
  "rename field with alias",
  "swap fields",
  "toggle default",
  "retype",
  "promote",
  "wrap in union",
  "unwrap union",
  "widen union",
  "narrow union",
  "reorder union",
  "change symbols",
  "toggle enum default",
  "resize fixed",
  "rename type",
  "rename type with alias",
  "move namespace",
  "alias",
  "recurse",
] as const;
export type Change = (typeof CHANGES)[number];

/** A copy of the schema after `times` random changes. */
export function mutated(
  shape: RecordShape,
  random: Random,
  times: number,
  options: SchemaOptions = {},
): RecordShape {
  const copy = structuredClone(shape);
  for (let left = times; left > 0; left--) change(copy, random.pick(CHANGES), random, options);
  return copy;
}

function change(root: RecordShape, what: Change, random: Random, options: SchemaOptions): void {
  const parts = partsOf(root);
  const record = random.pick(parts.records);
  const named = [...parts.records, ...parts.enums, ...parts.fixeds];
  const maker = new Maker(random, options, named, root.namespace !== "");
  const field = record.fields.length > 0 ? random.pick(record.fields) : undefined;
  const free = FIELD_NAMES.filter((name) => !record.fields.some((other) => other.name === name));
  const slot = parts.slots.length > 0 ? random.pick(parts.slots) : undefined;
  switch (what) {
    case "add field":
      if (free.length > 0) {
        const added = maker.field(random.pick(free), 2);
        record.fields.splice(random.below(record.fields.length + 1), 0, {
          ...added,
          defaulted: random.chance(0.7),
        });
      }
      return;
    case "remove field":
      if (field) record.fields.splice(record.fields.indexOf(field), 1);
      return;
    case "rename field":
    case "rename field with alias":
      if (field && free.length > 0) {
        if (what === "rename field with alias") field.aliases.push(field.name);
        field.name = random.pick(free);
      }
      return;
    case "swap fields":
      if (field) {
        record.fields.splice(record.fields.indexOf(field), 1);
        record.fields.splice(random.below(record.fields.length + 1), 0, field);
      }
      return;
    case "toggle default":
      if (field) field.defaulted = !field.defaulted;
      return;
    case "recurse":
      if (field) field.type = { kind: "union", branches: [{ kind: "null" }, random.pick(parts.records)] };
      return;
    case "alias":
      aliased(random.pick(named), random);
      return;
    case "rename type":
    case "rename type with alias":
      renamed(random.pick(named), what, named, random);
      return;
    case "move namespace":
      moved(random.pick(named), named, random);
      return;
    case "change symbols":
    case "toggle enum default":
      if (parts.enums.length > 0) resymboled(random.pick(parts.enums), what, random);
      return;
    case "resize fixed":
      if (parts.fixeds.length > 0) random.pick(parts.fixeds).size = random.below(5);
      return;
    default:
      if (slot) retyped(slot, what, maker, random);
  }
}

function retyped(slot: Slot, what: Change, maker: Maker, random: Random): void {
  const { type } = slot;
  if (what === "retype") slot.set(maker.shape(3, !slot.inUnion));
  else if (what === "promote") slot.set(promoted(type, random));
  else if (what === "wrap in union" && !slot.inUnion && type.kind !== "union") {
    slot.set({ kind: "union", branches: [type] });
    const union = maker.union(3);
    if (union.kind !== "union") return;
    const others = union.branches.filter((branch) => maker.fitsBeside(branch, [type]));
    const at = random.below(others.length + 1);
    slot.set({ kind: "union", branches: [...others.slice(0, at), type, ...others.slice(at)] });
  } else if (type.kind === "union") {
    const { branches } = type;
    if (what === "unwrap union") slot.set(random.pick(branches));
    if (what === "reorder union") branches.push(...branches.splice(0, random.below(branches.length)));
    if (what === "narrow union" && branches.length > 1) branches.splice(random.below(branches.length), 1);
    if (what === "widen union") {
      const branch = maker.shape(3, false);
      if (branch.kind !== "union" && maker.fitsBeside(branch, branches)) {
        branches.splice(random.below(branches.length + 1), 0, branch);
      }
    }
  }
}

function promoted(type: Shape, random: Random): Shape {
  if (type.kind === "int") return { kind: random.pick(["long", "float", "double"] as const) };
  if (type.kind === "long") return { kind: random.pick(["int", "float", "double"] as const) };
  if (type.kind === "float") return { kind: random.pick(["long", "double"] as const) };
  if (type.kind === "string") return { kind: "bytes" };
  if (type.kind === "bytes") return { kind: "string" };
  return type;
}

function aliased(type: RecordShape | EnumShape | FixedShape, random: Random): void {
  const fields = type.kind === "record" ? type.fields : [];
  if (fields.length > 0 && random.chance(0.5)) random.pick(fields).aliases.push(random.pick(FIELD_NAMES));
  else {
    const name = random.pick(TYPE_NAMES);
    const namespace = random.pick(NAMESPACES);
    type.aliases.push(namespace === "" ? name : `${namespace}.${name}`);
  }
}

function renamed(
  type: RecordShape | EnumShape | FixedShape,
  what: Change,
  named: readonly (RecordShape | EnumShape | FixedShape)[],
  random: Random,
): void {
  const before = fullNameOf(type);
  const name = random.pick(TYPE_NAMES);
  const after = fullNameOf({ ...type, name });
  if (named.some((other) => fullNameOf(other) === after)) return;
  type.name = name;
  if (what === "rename type with alias") type.aliases.push(before);
}

function moved(
  type: RecordShape | EnumShape | FixedShape,
  named: readonly (RecordShape | EnumShape | FixedShape)[],
  random: Random,
): void {
  const namespace = random.pick(NAMESPACES);
  const distinct = new Set(named.map(({ name }) => name)).size === named.length;
  if (type.namespace === "") for (const each of named) each.namespace = namespace;
  else if (distinct && random.chance(0.3)) for (const each of named) each.namespace = "";
  else if (!named.some((other) => other.name === type.name && other.namespace === namespace)) {
    type.namespace = namespace;
  }
}

function resymboled(type: EnumShape, what: Change, random: Random): void {
  if (what === "toggle enum default") {
    if (type.fallback === undefined) type.fallback = random.pick(type.symbols);
    else delete type.fallback;
    return;
  }
  const from = random.below(SYMBOLS.length);
  const symbols = SYMBOLS.slice(from, from + 1 + random.below(SYMBOLS.length));
  type.symbols = random.chance(0.3) ? symbols.reverse() : symbols;
  if (type.fallback !== undefined) type.fallback = random.pick(type.symbols);
}

function partsOf(root: RecordShape): Parts {
  const parts: Parts = { records: [], enums: [], fixeds: [], slots: [] };
  const seen = new Set<Shape>();
  const walk = (shape: Shape): void => {
    if (seen.has(shape)) return;
    seen.add(shape);
    const slot = (type: Shape, inUnion: boolean, set: (type: Shape) => void) => {
      parts.slots.push({ type, inUnion, set });
      walk(type);
    };
    if (shape.kind === "enum") parts.enums.push(shape);
    if (shape.kind === "fixed") parts.fixeds.push(shape);
    if (shape.kind === "array") slot(shape.items, false, (type) => (shape.items = type));
    if (shape.kind === "map") slot(shape.values, false, (type) => (shape.values = type));
    if (shape.kind === "union") {
      shape.branches.forEach((branch, index) => {
        slot(branch, true, (type) => {
          const others = shape.branches.filter((_, other) => other !== index);
          const key = (each: Shape) => ("name" in each ? fullNameOf(each) : each.kind);
          if (!others.some((other) => key(other) === key(type))) shape.branches[index] = type;
        });
      });
    }
    if (shape.kind === "record") {
      parts.records.push(shape);
      for (const field of shape.fields) slot(field.type, false, (type) => (field.type = type));
    }
  };
  walk(root);
  return parts;
}
