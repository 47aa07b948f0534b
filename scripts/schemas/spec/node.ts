/** Where something stands in the text of a schema. */
export interface Spot {
  readonly line: number;
  readonly column: number;
  /** Names, not indices: `/fields/seats/type/items`; empty for the outermost type. */
  readonly pointer: string;
  /** Full name of the referenced schema in whose text it stands; undefined: the schema's own. */
  readonly reference: string | undefined;
}

/** A type where it is used: a named type may be used far from its definition. */
export interface Use {
  readonly node: Node;
  readonly at: Spot;
}

/** A schema with every name resolved to what it names; recursive schemas make it a graph. */
export type Node = Primitive | Fixed | Enum | ArrayOf | MapOf | Union | RecordOf;
export type Named = Fixed | Enum | RecordOf;

export type PrimitiveKind = "null" | "boolean" | "int" | "long" | "float" | "double" | "string" | "bytes";

export interface Base {
  readonly at: Spot;
  /** Where each attribute's value stands, by the attribute's name. */
  readonly attributes: ReadonlyMap<string, Spot>;
}

export interface Primitive extends Base {
  readonly kind: PrimitiveKind;
  readonly logical: Logical | undefined;
}

/** As written, whether or not it is allowed on the type. */
export interface Logical {
  readonly type: string;
  readonly scale: number;
  readonly precision: number | undefined;
}

interface NamedBase extends Base {
  /** Full name. */
  readonly name: string;
  /** Full names, as the reader's. */
  readonly aliases: readonly Mention[];
  readonly doc: string | undefined;
}

export interface Fixed extends NamedBase {
  readonly kind: "fixed";
  readonly size: number;
  readonly logical: Logical | undefined;
}

export interface Enum extends NamedBase {
  readonly kind: "enum";
  readonly symbols: readonly Mention[];
  /** The enum's own default, taken for symbols the reader doesn't have. */
  readonly fallback: string | undefined;
}

export interface ArrayOf extends Base {
  readonly kind: "array";
  readonly items: Use;
}

export interface MapOf extends Base {
  readonly kind: "map";
  readonly values: Use;
}

export interface Union extends Base {
  readonly kind: "union";
  readonly branches: readonly Use[];
}

export interface RecordOf extends NamedBase {
  readonly kind: "record";
  /** Filled after the record itself is known under its name, so that fields can name it. */
  readonly fields: Field[];
}

export interface Field extends Base {
  readonly name: string;
  readonly aliases: readonly Mention[];
  readonly type: Use;
  /** As `plainOf` gives it; undefined: has none. */
  readonly fallback: unknown;
  /** As written; empty for what is no text. */
  readonly order: string | undefined;
  readonly doc: string | undefined;
}

/** A name where it is written: a symbol, an alias. */
export interface Mention {
  readonly name: string;
  readonly at: Spot;
}

/** What the specification forbids, though a tree can be made of it. */
export interface Problem {
  readonly at: Spot;
  /** A sentence without a full stop. */
  readonly what: string;
  readonly about: "name" | "duplicate" | "default" | "default order" | "attribute";
}

/** A schema's text, read. */
export interface Located {
  readonly root: Use;
  /** Every named type of the text and of its references, by full name. */
  readonly named: ReadonlyMap<string, Named>;
  readonly problems: readonly Problem[];
}

export function isNamed(node: Node): node is Named {
  return node.kind === "record" || node.kind === "enum" || node.kind === "fixed";
}

/** Where an attribute stands, or what carries it when it is not written. */
export function spotOf(base: Base, attribute: string): Spot {
  return base.attributes.get(attribute) ?? base.at;
}
