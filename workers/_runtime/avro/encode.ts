import { EncodeFailed, InvalidSchema } from "./failures.ts";
import { describeValue, fits, isExact } from "./fits.ts";
import { defaultValue } from "./literal.ts";
import { isObject } from "./names.ts";
import type { Enum, Fixed, Node, Primitive, RecordOf, Union } from "./node.ts";
import { Sink } from "./sink.ts";
import { recordLabels } from "./union-label.ts";

/** Levels of a recursive type in one event, and what stops at a value that contains itself. */
const MOST_DEPTH = 512;
/** Of one event: unions in unions of records that look alike could each double the work. */
const MOST_MISSES = 1_000;

interface Writing {
  readonly sink: Sink;
  /** Where in the event the value being written is, for the error. */
  readonly path: string[];
  /** Union branches that looked right and weren't. */
  misses: number;
}
type Write = (writing: Writing, value: unknown) => void;

const WRITING: Writing = { sink: new Sink(), path: [], misses: 0 };

/** Writes a value behind `reserved` bytes that are left for the caller to fill. */
export type Encode = (value: unknown, reserved: number) => Buffer;

/**
 * Compiles the encoder of one schema. It throws `EncodeFailed` with the path of the value that doesn't fit,
 * and writes nothing then. Properties that the schema doesn't have are left out; a missing property is its
 * field's default. A text is named by its length only: it may be a person's.
 */
export function encoder(node: Node): Encode {
  const write = new Encoders().write(node);
  return (value, reserved) => {
    WRITING.sink.reset(reserved);
    WRITING.path.length = 0;
    WRITING.misses = 0;
    write(WRITING, value);
    return WRITING.sink.take();
  };
}

class Encoders {
  readonly #writes = new Map<Node, Write>();

  write(node: Node): Write {
    switch (node.kind) {
      case "record":
        return this.#record(node);
      case "union":
        return this.#union(node);
      case "array": {
        const item = this.write(node.items);
        return (writing, value) => {
          if (!Array.isArray(value)) return misfit(writing, node, value);
          if (value.length > 0) writing.sink.long(value.length);
          for (let index = 0; index < value.length; index++)
            within(writing, `[${index}]`, item, value[index]);
          writing.sink.long(0);
        };
      }
      case "map": {
        const entry = this.write(node.values);
        return (writing, value) => {
          if (!isObject(value)) return misfit(writing, node, value);
          const keys = Object.keys(value);
          if (keys.length > 0) writing.sink.long(keys.length);
          for (const key of keys) {
            if (!key.isWellFormed()) return misfit(writing, node, value);
            writing.sink.string(key);
            within(writing, "[…]", entry, value[key]);
          }
          writing.sink.long(0);
        };
      }
      default:
        return leaf(node);
    }
  }

  #record(node: RecordOf): Write {
    const known = this.#writes.get(node);
    if (known !== undefined) return known;
    const fields: {
      name: string;
      step: string;
      inherited: boolean;
      write: Write;
      fallback: Buffer | undefined;
    }[] = [];
    const write: Write = (writing, value) => {
      if (!isObject(value)) return misfit(writing, node, value);
      if (writing.path.length > MOST_DEPTH) return tooDeep(writing);
      for (const { name, step, inherited, write, fallback } of fields) {
        const part = inherited || Object.hasOwn(value, name) ? value[name] : undefined;
        if (part === undefined && fallback !== undefined) writing.sink.fixed(fallback);
        else within(writing, step, write, part);
      }
    };
    this.#writes.set(node, write);
    for (const { name, type, fallback } of node.fields) {
      const field = this.write(type);
      fields.push({
        name,
        step: `.${name}`,
        // Every object has a `constructor`: such a name counts only where the event itself has it.
        inherited: !(name in Object.prototype),
        write: field,
        fallback: encodedDefault(field, fallback, type, `${node.name}.${name}`),
      });
    }
    return write;
  }

  #union(node: Union): Write {
    const labels = recordLabels(node);
    // Beside a map a record must say what it is: any map would do for one whose fields all have defaults.
    const mustSay = node.branches.some(({ kind }) => kind === "map");
    const branches = node.branches.map((branch, index) => ({
      branch,
      index,
      label: labels.get(branch),
      write: this.write(branch),
    }));
    return (writing, value) => {
      const said = labels.size > 0 && isObject(value) ? value.type : undefined;
      const possible = branches.filter(
        ({ branch, label }) =>
          (label === undefined || said === label || (said === undefined && !mustSay)) && fits(branch, value),
      );
      // A float would take 0.1 for another number, though there may be a double.
      const exact = possible.filter(({ branch }) => isExact(branch, value));
      const fitting = exact.length > 0 ? exact : possible;
      const start = writing.sink.at;
      const depth = writing.path.length;
      for (const [nth, { index, write }] of fitting.entries()) {
        writing.sink.long(index);
        try {
          return write(writing, value);
        } catch (error) {
          // Several branches may look right from outside (two records): the first that takes all of it counts.
          if (!(error instanceof EncodeFailed) || nth === fitting.length - 1) throw error;
          if (++writing.misses > MOST_MISSES) throw error;
          writing.sink.reset(start);
          writing.path.length = depth;
        }
      }
      misfit(writing, node, value);
    };
  }
}

function leaf(node: Primitive | Fixed | Enum): Write {
  const put = putter(node);
  return (writing, value) => {
    if (!fits(node, value)) misfit(writing, node, value);
    put(writing.sink, value);
  };
}

// `fits` has checked the value against the very node it is put for.
function putter(node: Primitive | Fixed | Enum): (sink: Sink, value: unknown) => void {
  switch (node.kind) {
    case "null":
      return () => {};
    case "boolean":
      return (sink, value) => sink.boolean(value as boolean);
    case "int":
      return (sink, value) => sink.long(value as number);
    case "long":
      return node.bigint
        ? (sink, value) => sink.bigint(value as bigint)
        : (sink, value) => sink.long(value as number);
    case "float":
      return (sink, value) => sink.float(value as number);
    case "double":
      return (sink, value) => sink.double(value as number);
    case "string":
      return (sink, value) => sink.string(value as string);
    case "bytes":
      return (sink, value) => sink.bytes(value as Uint8Array);
    case "fixed":
      return (sink, value) => sink.fixed(value as Uint8Array);
    case "enum": {
      const indexes = new Map<unknown, number>(node.symbols.map((symbol, index) => [symbol, index]));
      return (sink, value) => sink.long(indexes.get(value) ?? 0);
    }
  }
}

function within(writing: Writing, step: string, write: Write, value: unknown): void {
  writing.path.push(step);
  write(writing, value);
  writing.path.pop();
}

/** A default as bytes: of the very value that a reader fills in. */
function encodedDefault(write: Write, json: unknown, type: Node, path: string): Buffer | undefined {
  if (json === undefined) return undefined;
  const sink = new Sink();
  try {
    write({ sink, path: [], misses: 0 }, defaultValue(json, type, path));
    return sink.take();
  } catch (error) {
    throw new InvalidSchema(`Cannot use schema as the default of '${path}' must be of its type`, {
      cause: error,
    });
  }
}

function misfit(writing: Writing, node: Node, value: unknown): never {
  const where = writing.path.join("").replace(/^\./, "") || "the event";
  throw new EncodeFailed(
    `Cannot encode '${where}' as it must be ${describeType(node)}: current value is ${describeValue(value)}`,
  );
}

function tooDeep(writing: Writing): never {
  throw new EncodeFailed(
    `Cannot encode '${writing.path.slice(0, 5).join("").replace(/^\./, "")}…' as it is nested deeper than ${MOST_DEPTH} levels: does it contain itself?`,
  );
}

function describeType(node: Node): string {
  switch (node.kind) {
    case "int":
      return "a whole number of 32 bits";
    case "long":
      return node.bigint ? "a bigint of 64 bits" : "a whole number below 2^53";
    case "enum":
      return `one of ${node.symbols.join(", ")}`;
    case "union":
      return node.branches.map(describeType).join(" or ");
    case "fixed":
      return `a Buffer of ${node.size} bytes`;
    case "bytes":
      return "a Buffer";
    case "map":
      return "an object with well-formed keys";
    case "array":
      return "a list";
    case "record":
      return `an object, the record '${node.name}'`;
    default:
      return node.kind;
  }
}
