import type { Random } from "./random.ts";
import { type FieldShape, fullNameOf, type PrimitiveShape, type Shape } from "./shape.ts";

export interface SchemaOptions {
  /**
   * Only unions whose branches no value of JavaScript or Python can be mistaken for: one kind of number, no text
   * beside an enum, no bytes beside a fixed.
   */
  readonly distinct?: boolean;
}

export const FIELD_NAMES = ["a", "b", "c", "d", "e", "f", "g", "h", "toString", "constructor"];
export const TYPE_NAMES = ["Aa", "Bb", "Cc", "Dd", "Ee", "Ff", "Gg"];
/** A type without a namespace can't be named from within one: a schema has them everywhere or nowhere. */
export const NAMESPACES = ["x", "x.y", "z"];
export const SYMBOLS = ["S0", "S1", "S2", "S3", "S4"];

const PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "string", "bytes"] as const;
/** What doesn't fit beside one another in a `distinct` union. */
const ALIKE: readonly (readonly string[])[] = [
  ["int", "long", "float", "double"],
  ["string", "enum"],
  ["bytes", "fixed"],
];
const MOST_DEPTH = 4;

/** A random schema; `root` is always a record, as on a topic. */
export function randomShape(random: Random, options: SchemaOptions = {}): Shape & { kind: "record" } {
  return new Maker(random, options, [], random.chance(0.5)).record(0);
}

export class Maker {
  readonly #random: Random;
  readonly #distinct: boolean;
  readonly #namespaced: boolean;
  readonly #named: Shape[] = [];
  readonly #taken = new Set<string>();

  constructor(
    random: Random,
    { distinct = false }: SchemaOptions,
    named: readonly Shape[],
    namespaced: boolean,
  ) {
    this.#namespaced = namespaced;
    this.#random = random;
    this.#distinct = distinct;
    for (const shape of named) {
      this.#named.push(shape);
      if ("name" in shape) this.#taken.add(fullNameOf(shape));
    }
  }

  shape(depth: number, union = true): Shape {
    const random = this.#random;
    const roll = random.below(depth >= MOST_DEPTH ? 12 : 24);
    if (roll < 11) return this.primitive();
    // A type that was made before, in whose inside this may be: recursion.
    if (roll < 13 && this.#named.length > 0) return random.pick(this.#named);
    if (roll < 14) return this.enum();
    if (roll < 15) return this.fixed();
    if (roll < 17) return { kind: "array", items: this.shape(depth + 1) };
    if (roll < 19) return { kind: "map", values: this.shape(depth + 1) };
    if (roll < 22 && union) return this.union(depth);
    return depth >= MOST_DEPTH ? this.primitive() : this.record(depth);
  }

  primitive(): PrimitiveShape {
    return { kind: this.#random.pick(PRIMITIVES) };
  }

  enum(): Shape {
    const random = this.#random;
    const symbols = SYMBOLS.slice(0, 1 + random.below(SYMBOLS.length));
    const shape: Shape = { kind: "enum", ...this.#name(), symbols };
    if (random.chance(0.3)) shape.fallback = random.pick(symbols);
    return this.#keep(shape);
  }

  fixed(): Shape {
    return this.#keep({ kind: "fixed", ...this.#name(), size: this.#random.below(5) });
  }

  record(depth: number): Shape & { kind: "record" } {
    const random = this.#random;
    const record: Shape & { kind: "record" } = { kind: "record", ...this.#name(), fields: [] };
    this.#keep(record);
    const names = FIELD_NAMES.slice();
    for (let left = random.below(depth === 0 ? 7 : 5); left > 0; left--) {
      const [name] = names.splice(random.below(names.length), 1);
      if (name !== undefined) record.fields.push(this.field(name, depth));
    }
    return record;
  }

  field(name: string, depth: number): FieldShape {
    let type = this.shape(depth + 1);
    // A record that holds itself without a choice has no datum at all.
    if (type.kind === "record" && this.#named.includes(type) && this.#random.chance(0.9)) {
      type = { kind: "union", branches: [{ kind: "null" }, type] };
    }
    return { name, aliases: [], type, defaulted: this.#random.chance(0.4) };
  }

  union(depth: number): Shape {
    const random = this.#random;
    const branches: Shape[] = random.chance(0.5) ? [{ kind: "null" }] : [];
    for (let tries = 1 + random.below(4); tries > 0; tries--) {
      const branch = this.shape(depth + 1, false);
      if (branch.kind !== "union" && this.fitsBeside(branch, branches)) branches.push(branch);
    }
    return { kind: "union", branches: branches.length > 0 ? branches : [{ kind: "null" }] };
  }

  fitsBeside(branch: Shape, others: readonly Shape[]): boolean {
    const key = (shape: Shape) => ("name" in shape ? fullNameOf(shape) : shape.kind);
    if (others.some((other) => key(other) === key(branch))) return false;
    if (!this.#distinct) return true;
    return !others.some((other) =>
      ALIKE.some((kinds) => kinds.includes(other.kind) && kinds.includes(branch.kind)),
    );
  }

  #name() {
    const random = this.#random;
    const namespace = this.#namespaced ? random.pick(NAMESPACES) : "";
    for (const name of TYPE_NAMES) {
      const named = { name, namespace, aliases: [] };
      if (random.chance(0.6) && this.#taken.size < 5) continue;
      if (this.#taken.has(fullNameOf(named))) continue;
      this.#taken.add(fullNameOf(named));
      return named;
    }
    const name = `N${this.#taken.size}`;
    this.#taken.add(name);
    return { name, namespace: this.#namespaced ? "x" : "", aliases: [] };
  }

  #keep<S extends Shape>(shape: S): S {
    this.#named.push(shape);
    return shape;
  }
}
