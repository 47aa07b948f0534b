import type { Enum, Fixed, Primitive } from "../../../workers/_runtime/avro/node.ts";

export interface LeafValue {
  readonly value: unknown;
  readonly shows: string;
}

const LONG_TEXT = "x".repeat(300);
const LARGEST_FLOAT = 3.4028234663852886e38;

/** The plainest first, then the bounds. What has another logical type has the bounds of what it is made of. */
export function leafValues(node: Primitive | Fixed | Enum): LeafValue[] {
  switch (node.kind) {
    case "null":
      return [{ value: null, shows: "null" }];
    case "boolean":
      return [false, true].map((value) => ({ value, shows: String(value) }));
    case "int":
      return [0, -(2 ** 31), 2 ** 31 - 1].map((value) => ({ value, shows: `int ${value}` }));
    case "long":
      return longs(node.bigint === true).map((value) => ({ value, shows: `long ${value}` }));
    case "float":
      return [0, LARGEST_FLOAT, -LARGEST_FLOAT, Number.NaN, Number.POSITIVE_INFINITY].map((value) => ({
        value,
        shows: `float ${value}`,
      }));
    case "double":
      return [0, Number.MAX_VALUE, -Number.MAX_VALUE, Number.NaN, Number.NEGATIVE_INFINITY].map((value) => ({
        value,
        shows: `double ${value}`,
      }));
    case "string":
      return [
        { value: "", shows: "an empty text" },
        { value: "h\u00f6lle \u20ac \u{1f3ab}", shows: "a text beyond ASCII" },
        { value: LONG_TEXT, shows: "a long text" },
      ];
    case "bytes":
      // As a decimal: 0, the largest and the least of three bytes.
      return [
        { value: Buffer.alloc(0), shows: "no bytes" },
        { value: Buffer.from([0]), shows: "a zero byte" },
        { value: Buffer.from([0x7f, 0xff, 0xff]), shows: "bytes 7fffff" },
        { value: Buffer.from([0x80, 0, 0]), shows: "bytes 800000, which are no UTF-8" },
      ];
    case "fixed":
      return [0, 0xff].map((byte) => ({
        value: Buffer.alloc(node.size, byte),
        shows: `${node.size} bytes of ${byte}`,
      }));
    case "enum":
      return node.symbols.map((value) => ({ value, shows: `symbol ${value}` }));
  }
}

/** What an unmarked long may be is what a number holds: our encoder refuses the rest, and so does every reader. */
function longs(isBigint: boolean): readonly (number | bigint)[] {
  return isBigint
    ? [0n, -(2n ** 63n), 2n ** 63n - 1n]
    : [0, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
}
