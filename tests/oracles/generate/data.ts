import type { Node } from "../../../workers/_runtime/avro/node.ts";
import { recordLabels } from "../../../workers/_runtime/avro/union-label.ts";
import type { Random } from "./random.ts";

const INTS = [0, -1, 1, 63, 64, -64, -65, 2 ** 31 - 1, -(2 ** 31)];
const LONGS = [...INTS, 2 ** 31, 2 ** 52, -(2 ** 52) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
const DOUBLES = [0, -0, 0.1, 1e300, -1e-300, Number.NaN, Infinity, -Infinity, Number.MIN_VALUE];
const TEXTS = ["", "a", "\0", "é", "日本語", "😀", "\ufffd", "a text beyond eight bytes", "x".repeat(70)];
/** Not numbers: JavaScript would put those before the others, and so in another order than they were read. */
const KEYS = ["", "k", "é", "__proto__", "constructor", "toString", "a longer key than that", "-1", "01"];

/** Deeper than this a value takes the shortest way to an end. */
const MOST_DEPTH = 6;

/** A datum of the type doesn't end: a record that contains itself without a choice. */
export class Endless extends Error {
  override name = "Endless";
}

/**
 * A random value of the type, as the runtime's encoder takes it.
 * @throws {Endless} when the type has no value that ends.
 */
export function randomValue(node: Node, random: Random, depth = 0): unknown {
  if (depth > 40) throw new Endless();
  switch (node.kind) {
    case "null":
      return null;
    case "boolean":
      return random.chance(0.5);
    case "int":
      return random.chance(0.5) ? random.pick(INTS) : random.bits() | 0;
    case "long":
      return random.chance(0.5) ? random.pick(LONGS) : (random.bits() | 0) * (1 + random.below(0x1f_ffff));
    case "float":
      return Math.fround(random.chance(0.5) ? random.pick([0, -0, 0.5, Infinity, Number.NaN]) : real(random));
    case "double":
      return random.chance(0.5) ? random.pick(DOUBLES) : real(random);
    case "string":
      return random.pick(TEXTS);
    case "bytes":
      return randomBytes(random, random.below(12));
    case "fixed":
      return randomBytes(random, node.size);
    case "enum":
      return random.pick(node.symbols);
    case "array":
      return Array.from({ length: count(random, depth) }, () => randomValue(node.items, random, depth + 1));
    case "map": {
      const map = {};
      for (let left = count(random, depth); left > 0; left--) {
        const value = randomValue(node.values, random, depth + 1);
        Object.defineProperty(map, random.pick(KEYS), {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
      return map;
    }
    case "union": {
      const short = node.branches.find((branch) => branch.kind === "null") ?? node.branches[0];
      const branch = depth > MOST_DEPTH && short ? short : random.pick(node.branches);
      const value = randomValue(branch, random, depth + 1);
      // A record in a union says which it is, as it does when it is read.
      const label = recordLabels(node).get(branch);
      return label === undefined ? value : { type: label, ...Object(value) };
    }
    case "record":
      return Object.fromEntries(
        node.fields.map(({ name, type }) => [name, randomValue(type, random, depth + 1)]),
      );
  }
}

function count(random: Random, depth: number): number {
  if (depth > MOST_DEPTH) return 0;
  return random.below(random.chance(0.05) ? 20 : 4);
}

function real(random: Random): number {
  return (random.bits() - 0x8000_0000) / (1 + random.below(1_000_000));
}

export function randomBytes(random: Random, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = random.below(256);
  return bytes;
}
