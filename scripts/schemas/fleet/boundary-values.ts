import { encoder } from "../../../workers/_runtime/avro/encode.ts";
import { simpleName } from "../../../workers/_runtime/avro/names.ts";
import type { Field, Node, RecordOf, Union } from "../../../workers/_runtime/avro/node.ts";
import { Sink } from "../../../workers/_runtime/avro/sink.ts";
import { leafValues } from "./leaf-values.ts";

/** One value at a boundary of its schema, encoded. */
export interface Boundary {
  readonly bytes: Buffer;
  /** The writer's innermost record and field that isn't at its plainest, `PaymentCaptured.amount`. */
  readonly path: string;
  /** What it is there: `symbol TOO_LATE`, `int -2147483648`. */
  readonly shows: string;
}

export interface Boundaries {
  readonly values: readonly Boundary[];
  /** False: the schema has more than was made of it, so that what none of them shows may be there all the same. */
  readonly complete: boolean;
}

/** Of one schema: by far enough for what is written by hand, and little time for what is not. */
const MOST_VALUES = 2_000;
/** Visited in one schema: one that names its records again and again has more values than there is time. */
const MOST_RECORDS = 5_000;
/** Times that a record may stand inside itself. */
const MOST_RECURSIONS = 2;

/**
 * Values that hit every branch of every union, every symbol, the bounds of numbers, and empty and filled lists, maps and
 * texts: first the plainest, then one for each other thing, everything beside it plain, so that a value that can't be
 * read says why. Branches are written by their index: also those that our encoder would never choose, as Java's can.
 */
export function boundaryValues(root: Node): Boundaries {
  const walk = { records: 0, open: new Map<RecordOf, number>() };
  const all = variants(root, "name" in root ? simpleName(root.name) : root.kind, walk);
  const values = all.slice(0, MOST_VALUES).map(({ write, path, shows }) => {
    const sink = new Sink();
    sink.reset(0);
    write(sink);
    return { bytes: sink.take(), path, shows };
  });
  return { values, complete: all.length <= MOST_VALUES && walk.records <= MOST_RECORDS };
}

interface Variant {
  readonly write: (sink: Sink) => void;
  readonly path: string;
  readonly shows: string;
}

interface Walk {
  /** Visited so far. */
  records: number;
  readonly open: Map<RecordOf, number>;
}

/** The first is the plainest. */
function variants(node: Node, path: string, walk: Walk): Variant[] {
  switch (node.kind) {
    case "record":
      return recordVariants(node, walk);
    case "union":
      return unionVariants(node, path, walk);
    case "array":
      return listVariants(path, variants(node.items, `${path}[]`, walk), () => {});
    case "map":
      return listVariants(path, variants(node.values, `${path}[]`, walk), (sink) => sink.string("__proto__"));
    default: {
      const encode = encoder(node);
      return leafValues(node).map(({ value, shows }) => {
        const bytes = encode(value, 0);
        return { write: (sink) => sink.fixed(bytes), path, shows };
      });
    }
  }
}

function recordVariants(node: RecordOf, walk: Walk): Variant[] {
  const name = simpleName(node.name);
  const depth = walk.open.get(node) ?? 0;
  if (depth >= MOST_RECURSIONS || ++walk.records > MOST_RECORDS) return [];
  walk.open.set(node, depth + 1);
  const fields = node.fields.map(({ name: field, type }: Field) => variants(type, `${name}.${field}`, walk));
  walk.open.set(node, depth);
  const plain = fields.flatMap(([first]) => first ?? []);
  // A field that has no finite value leaves its record none.
  if (plain.length < fields.length) return [];
  const all = (nth: number, other: Variant) => (sink: Sink) => {
    for (const [index, each] of plain.entries()) (index === nth ? other : each).write(sink);
  };
  const others = fields.flatMap(([, ...rest], nth) =>
    rest.map((other) => ({ write: all(nth, other), path: other.path, shows: other.shows })),
  );
  return [{ write: all(-1, NOTHING), path: name, shows: "plain" }, ...others];
}

const NOTHING: Variant = { write: () => {}, path: "", shows: "" };

function unionVariants(union: Union, path: string, walk: Walk): Variant[] {
  const made = union.branches.map((branch, index) => {
    return variants(branch, path, walk).map((inner, nth) => ({
      write: (sink: Sink) => {
        sink.long(index);
        inner.write(sink);
      },
      path: inner.path,
      shows: nth === 0 ? `branch ${"name" in branch ? branch.name : branch.kind}` : inner.shows,
    }));
  });
  // The plainest branch is the shortest: null where there is one.
  const first = made.filter((each) => each.length > 0).toSorted((a, b) => a.length - b.length)[0] ?? [];
  return [...first, ...made.filter((each) => each !== first).flat()];
}

function listVariants(path: string, items: readonly Variant[], key: (sink: Sink) => void): Variant[] {
  const of =
    (...list: readonly Variant[]) =>
    (sink: Sink) => {
      if (list.length > 0) sink.long(list.length);
      for (const item of list) {
        key(sink);
        item.write(sink);
      }
      sink.long(0);
    };
  const empty = { write: of(), path, shows: "nothing in it" };
  const [first] = items;
  if (first === undefined) return [empty];
  return [
    empty,
    ...items.map((item, nth) => ({
      write: of(item),
      path: item.path,
      shows: nth === 0 ? "one in it" : item.shows,
    })),
    { write: of(first, first, first), path, shows: "three in it" },
  ];
}
