import type { PrimitiveKind } from "../../../workers/_runtime/avro/node.ts";
import type { AvroSchema } from "../../../workers/_runtime/event.ts";

/** A schema that is being made: named types are shared by identity, and may contain themselves. */
export type Shape =
  | PrimitiveShape
  | FixedShape
  | EnumShape
  | ArrayShape
  | MapShape
  | UnionShape
  | RecordShape;
export interface PrimitiveShape {
  kind: PrimitiveKind;
  logical?: object;
}
export interface NamedShape {
  name: string;
  namespace: string;
  /** Full names. */
  aliases: string[];
}
export interface FixedShape extends NamedShape {
  kind: "fixed";
  size: number;
  logical?: object;
}
export interface EnumShape extends NamedShape {
  kind: "enum";
  symbols: string[];
  fallback?: string;
}
export interface ArrayShape {
  kind: "array";
  items: Shape;
}
export interface MapShape {
  kind: "map";
  values: Shape;
}
export interface UnionShape {
  kind: "union";
  branches: Shape[];
}
export interface RecordShape extends NamedShape {
  kind: "record";
  fields: FieldShape[];
}
export interface FieldShape {
  name: string;
  aliases: string[];
  type: Shape;
  /** The default is made from the type as it is when the schema is written. */
  defaulted: boolean;
}

/** The JSON of a shape: a named type is defined where it first occurs, then named. */
export function schemaOf(shape: Shape): AvroSchema {
  return new Writer().write(shape, "");
}

class Writer {
  readonly #defined = new Set<Shape>();

  write(shape: Shape, namespace: string): AvroSchema {
    switch (shape.kind) {
      case "array":
        return { type: "array", items: this.write(shape.items, namespace) };
      case "map":
        return { type: "map", values: this.write(shape.values, namespace) };
      case "union":
        return shape.branches.map((branch) => this.write(branch, namespace));
      case "record":
      case "enum":
      case "fixed":
        return this.#named(shape, namespace);
      default:
        return shape.logical === undefined ? shape.kind : { type: shape.kind, ...shape.logical };
    }
  }

  #named(shape: RecordShape | EnumShape | FixedShape, namespace: string): AvroSchema {
    if (this.#defined.has(shape)) return shape.namespace === namespace ? shape.name : fullNameOf(shape);
    this.#defined.add(shape);
    const { name } = shape;
    const head = {
      name,
      ...(shape.namespace !== namespace && { namespace: shape.namespace }),
      ...(shape.aliases.length > 0 && { aliases: shape.aliases }),
    };
    if (shape.kind === "fixed") return { type: "fixed", ...head, size: shape.size, ...shape.logical };
    if (shape.kind === "enum") {
      const fallback = shape.fallback !== undefined && { default: shape.fallback };
      return { type: "enum", ...head, symbols: shape.symbols, ...fallback };
    }
    const fields = shape.fields.map((field) => {
      const json = field.defaulted ? defaultOf(field.type, 0) : undefined;
      return {
        name: field.name,
        type: this.write(field.type, shape.namespace),
        ...(field.aliases.length > 0 && { aliases: field.aliases }),
        ...(json !== undefined && { default: json }),
      };
    });
    return { type: "record", ...head, fields };
  }
}

export function fullNameOf({ namespace, name }: NamedShape): string {
  return namespace === "" ? name : `${namespace}.${name}`;
}

/** Some default of the type as JSON; undefined where there is none that ends. */
function defaultOf(shape: Shape, depth: number): unknown {
  if (depth > 4) return undefined;
  switch (shape.kind) {
    case "null":
      return null;
    case "boolean":
      return true;
    case "int":
    case "long":
      return 7;
    case "float":
    case "double":
      return 0.5;
    case "string":
      return "dé";
    case "bytes":
      return "\u00ff\u0001";
    case "fixed":
      return "\u00fe".repeat(shape.size);
    case "enum":
      return shape.symbols[0];
    case "array":
      return depth > 1 ? [] : several(defaultOf(shape.items, depth + 1));
    case "map":
      return {};
    case "union":
      return shape.branches[0] === undefined ? undefined : defaultOf(shape.branches[0], depth);
    case "record": {
      const fields = shape.fields.map(({ name, type }): [string, unknown] => [
        name,
        defaultOf(type, depth + 1),
      ]);
      return fields.some(([, json]) => json === undefined) ? undefined : Object.fromEntries(fields);
    }
  }
}

function several(item: unknown): unknown[] {
  return item === undefined ? [] : [item, item];
}
