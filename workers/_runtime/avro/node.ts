/** A schema with every name resolved to what it names; recursive schemas make it a graph. */
export type Node = Primitive | Fixed | Enum | ArrayOf | MapOf | Union | RecordOf;

export type PrimitiveKind = "null" | "boolean" | "int" | "long" | "float" | "double" | "string" | "bytes";

export interface Primitive {
  readonly kind: PrimitiveKind;
  readonly logical: Logical | undefined;
  /** A long marked `"tsType": "bigint"`: all 64 bits, as a bigint. */
  readonly bigint?: true;
}
/** What `logicalType` says of the value's unit: two that differ must not be read as one another. */
export interface Logical {
  readonly type: string;
  readonly scale: number | undefined;
}
export interface Named {
  /** Full name. */
  readonly name: string;
  /** Full names. */
  readonly aliases: readonly string[];
}
export interface Fixed extends Named {
  readonly kind: "fixed";
  readonly size: number;
  readonly logical: Logical | undefined;
}
export interface Enum extends Named {
  readonly kind: "enum";
  readonly symbols: readonly string[];
  readonly fallback: string | undefined;
}
export interface ArrayOf {
  readonly kind: "array";
  readonly items: Node;
}
export interface MapOf {
  readonly kind: "map";
  readonly values: Node;
}
export interface Union {
  readonly kind: "union";
  readonly branches: readonly Node[];
}
export interface RecordOf extends Named {
  readonly kind: "record";
  /** Filled after the record itself is known under its name, so that fields can name it. */
  readonly fields: Field[];
}
export interface Field {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: Node;
  /** As JSON; undefined: has none. */
  readonly fallback: unknown;
}
