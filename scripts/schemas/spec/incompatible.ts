import { describe, describeSymbols } from "./describe.ts";
import { Fits } from "./fits.ts";
import { meantBranch, namesMatch, symbolsLacking, writtenField } from "./match.ts";
import {
  type Enum,
  type Field,
  type Located,
  type Node,
  type RecordOf,
  type Spot,
  spotOf,
  type Use,
} from "./node.ts";

/** As Avro Java's `SchemaCompatibility` names them. */
export type IncompatibilityKind =
  | "NAME_MISMATCH"
  | "FIXED_SIZE_MISMATCH"
  | "MISSING_ENUM_SYMBOLS"
  | "READER_FIELD_MISSING_DEFAULT_VALUE"
  | "TYPE_MISMATCH"
  | "MISSING_UNION_BRANCH";

/** One reason why a reader can't read all that a writer may write, at its root: inside the union's branch, if there is one. */
export interface Incompatibility {
  readonly kind: IncompatibilityKind;
  /** The reader's names on the way: `Concert.rows[].price`; array and map levels are `[]`. */
  readonly path: string;
  /** The innermost field on the way, by the reader's name; undefined: not inside a field. */
  readonly field: string | undefined;
  /** What it is about: a field, a symbol, a branch or a type, by name. */
  readonly subject: string;
  /** The named type it is in or of, by the reader's simple name: the record of the field, the enum of the symbol. */
  readonly owner: string;
  readonly reader: Spot;
  readonly writer: Spot;
  /** In a few words. */
  readonly reads: string;
  readonly written: string;
  /** The other side's field, when it looks like this one under another name. */
  readonly lookalike?: string;
}

/** Reasons that are told of one pair of schemas; whoever sees so many reads none. */
const MOST_REASONS = 200;

/**
 * Why a reader with schema `reader` can't read all that may be written with `writer`; empty: it can. The verdict is
 * Avro Java's, and so a matter of schemas, not of data: a symbol or a branch that the reader lacks counts though
 * nobody may ever write it. Logical types don't count (see the meaning rules).
 */
export function incompatibilities(reader: Located, writer: Located): Incompatibility[] {
  const fits = new Fits();
  if (fits.ask(reader.root.node, writer.root.node)) return [];
  const explanation = new Explanation(fits);
  const name = nameFor(reader.root.node);
  explanation.why(reader.root, writer.root, { path: name, field: undefined, owner: name });
  return explanation.reasons;
}

interface Way {
  readonly path: string;
  readonly field: string | undefined;
  readonly owner: string;
}

class Explanation {
  readonly reasons: Incompatibility[] = [];
  readonly #fits: Fits;
  readonly #told = new Map<Node, Set<Node>>();

  constructor(fits: Fits) {
    this.#fits = fits;
  }

  why(reader: Use, writer: Use, way: Way): void {
    const [read, written] = [reader.node, writer.node];
    if (this.reasons.length >= MOST_REASONS || this.#fits.ask(read, written)) return;
    if (written.kind === "union") return this.#branches(reader, writer, written.branches, way);
    if (read.kind === "union") return this.#branches(reader, writer, [writer], way);
    if (read.kind === "array" && written.kind === "array")
      return this.why(read.items, written.items, inside(way));
    if (read.kind === "map" && written.kind === "map")
      return this.why(read.values, written.values, inside(way));
    if (read.kind === "record" && written.kind === "record" && namesMatch(read, written)) {
      return this.#record(read, written);
    }
    const kind =
      read.kind !== written.kind
        ? "TYPE_MISMATCH"
        : "name" in read && "name" in written && !namesMatch(read, written)
          ? "NAME_MISMATCH"
          : read.kind === "enum"
            ? "MISSING_ENUM_SYMBOLS"
            : "FIXED_SIZE_MISMATCH";
    if (read.kind === "enum" && written.kind === "enum" && kind === "MISSING_ENUM_SYMBOLS") {
      return this.#symbols(read, written, way);
    }
    const attribute = kind === "NAME_MISMATCH" ? "name" : "size";
    const definition =
      kind === "TYPE_MISMATCH"
        ? [reader.at, writer.at]
        : [spotOf(read, attribute), spotOf(written, attribute)];
    this.#add({
      kind,
      ...way,
      subject: nameFor(written),
      reader: definition[0] ?? reader.at,
      writer: definition[1] ?? writer.at,
      reads: describe(read),
      written: describe(written),
    });
  }

  /** Each branch of the writer that the reader has no place for, by what is wrong in the branch that is meant for it. */
  #branches(reader: Use, writer: Use, branches: readonly Use[], way: Way): void {
    const choices = reader.node.kind === "union" ? reader.node.branches : [reader];
    for (const branch of branches) {
      if (this.#fits.ask(reader.node, branch.node)) continue;
      const others = branches.filter((other) => other !== branch && this.#fits.ask(reader.node, other.node));
      const meant = meantBranch(branch.node, choices, others, namesMatch);
      if (meant !== undefined) {
        this.why(meant, branch, way);
        continue;
      }
      this.#add({
        kind: "MISSING_UNION_BRANCH",
        ...way,
        subject: nameFor(branch.node),
        reader: { ...reader.at, pointer: `${reader.at.pointer}/${fullNameFor(branch.node)}` },
        writer: branch.at,
        reads: describe(reader.node),
        written: describe(writer.node),
      });
    }
  }

  #record(reader: RecordOf, writer: RecordOf): void {
    const told = this.#told.get(reader) ?? new Set<Node>();
    this.#told.set(reader, told);
    if (told.has(writer)) return;
    told.add(writer);
    // A record may be used in many places: what is wrong in it is named from here.
    const here = nameFor(reader);
    for (const field of reader.fields) {
      const written = writtenField(field, writer);
      const way = { path: `${here}.${field.name}`, field: field.name, owner: here };
      if (written !== undefined) this.why(field.type, written.type, way);
      else if (field.fallback === undefined) this.#missing(field, reader, writer, way);
    }
  }

  #missing(field: Field, reader: RecordOf, writer: RecordOf, way: Way): void {
    const alike = writer.fields.filter(
      (other) =>
        !reader.fields.some((own) => writtenField(own, writer) === other) &&
        this.#fits.ask(field.type.node, other.type.node),
    );
    const lookalike = alike.length === 1 ? alike[0]?.name : undefined;
    this.#add({
      kind: "READER_FIELD_MISSING_DEFAULT_VALUE",
      ...way,
      subject: field.name,
      reader: { ...spotOf(field, "name"), pointer: field.at.pointer },
      writer: { ...spotOf(writer, "fields"), pointer: `${writer.at.pointer}/fields/${field.name}` },
      reads: `${describe(field.type.node)} without default`,
      written: "no such field",
      ...(lookalike === undefined ? {} : { lookalike }),
    });
  }

  #symbols(reader: Enum, writer: Enum, way: Way): void {
    const lacking = symbolsLacking(reader, writer);
    for (const { name } of lacking) {
      const symbol = writer.symbols.find((each) => each.name === name);
      this.#add({
        kind: "MISSING_ENUM_SYMBOLS",
        ...way,
        owner: nameFor(reader),
        subject: name,
        reader: { ...spotOf(reader, "symbols"), pointer: `${reader.at.pointer}/symbols/${name}` },
        writer: symbol?.at ?? spotOf(writer, "symbols"),
        reads: describeSymbols(reader),
        written: describeSymbols(writer),
      });
    }
  }

  #add(reason: Incompatibility): void {
    if (this.reasons.length < MOST_REASONS) this.reasons.push(reason);
  }
}

function inside(way: Way): Way {
  return { ...way, path: `${way.path}[]` };
}

function fullNameFor(node: Node): string {
  return "name" in node ? node.name : node.kind;
}

function nameFor(node: Node): string {
  return "name" in node ? node.name.slice(node.name.lastIndexOf(".") + 1) : node.kind;
}
