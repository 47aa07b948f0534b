import { simpleName } from "./names.ts";
import type { Enum, Named, Node, RecordOf, Union } from "./node.ts";
import { alwaysFails, mismatch, type Plan, type RecordPlan, type Scalar } from "./plan.ts";
import { recordLabels } from "./union-label.ts";
import { writtenFields } from "./written-fields.ts";

/** Writer to reader, promotions of the specification included. */
const SCALARS: Readonly<Record<string, Scalar>> = {
  "null>null": "null",
  "boolean>boolean": "boolean",
  "int>int": "int",
  "int>long": "int",
  "int>float": "intAsFloat",
  "int>double": "int",
  "long>long": "long",
  "long>float": "longAsFloat",
  "long>double": "longAsDouble",
  "int>bigint": "intAsBigint",
  "long>bigint": "longAsBigint",
  "float>float": "float",
  "float>double": "float",
  "double>double": "double",
  "string>string": "string",
  "string>bytes": "bytes",
  "bytes>bytes": "bytes",
  "bytes>string": "string",
};

/**
 * Resolves by the Avro specification, datum by datum: a union branch or enum symbol that the reader lacks
 * fails only where it occurs. Names match without their namespace, or by one of the reader's aliases. Stricter
 * than the specification in one thing: logical types of another unit or scale (micros for millis) do not match,
 * as every value would be wrong.
 */
export function resolve(writer: Node, reader: Node): Plan {
  return new Resolver().plan(writer, reader, "name" in reader ? simpleName(reader.name) : reader.kind);
}

class Resolver {
  // By identity of the nodes: an equality of schemas that ignores defaults must never share a plan.
  readonly #plans = new Map<Node, Map<Node, Plan>>();

  plan(writer: Node, reader: Node, path: string): Plan {
    if (writer.kind === "union") {
      return { do: "union", branches: writer.branches.map((branch) => this.plan(branch, reader, path)) };
    }
    if (reader.kind === "union") return this.#branch(writer, reader, path);
    if (writer.kind === "record" && reader.kind === "record") return this.#record(writer, reader, path);
    if (writer.kind === "enum" && reader.kind === "enum") return enumPlan(writer, reader, path);
    if (writer.kind === "array" && reader.kind === "array") {
      return {
        do: "array",
        items: this.plan(writer.items, reader.items, `${path}[]`),
        written: writer.items,
      };
    }
    if (writer.kind === "map" && reader.kind === "map") {
      return {
        do: "map",
        values: this.plan(writer.values, reader.values, `${path}[]`),
        written: writer.values,
      };
    }
    const units = unitsDiffer(writer, reader);
    if (units !== undefined) return mismatch(path, units);
    if (writer.kind === "fixed" && reader.kind === "fixed") {
      if (!sameName(writer, reader)) return mismatch(path, namesDiffer(writer, reader));
      if (writer.size === reader.size) return { do: "fixed", size: writer.size };
      return mismatch(path, `was written with ${writer.size} bytes, the reader has ${reader.size}`);
    }
    const into = "bigint" in reader ? "bigint" : reader.kind;
    const as = SCALARS[`${writer.kind}>${into}`];
    return as === undefined
      ? mismatch(path, `was written as ${describe(writer)}, the reader has ${describe(reader)}`)
      : { do: "read", as };
  }

  /** The reader's branch for a writer's type: the same full name or kind first, then whatever resolves. */
  #branch(writer: Node, union: Union, path: string): Plan {
    const { branches } = union;
    const same = branches.filter((branch) => branch.kind === writer.kind);
    const exact = same.filter(
      (branch) => !("name" in branch && "name" in writer) || branch.name === writer.name,
    );
    let first: Plan | undefined;
    for (const branch of new Set([...exact, ...same, ...branches])) {
      const plan = this.plan(writer, branch, path);
      if (!alwaysFails(plan)) return labelled(plan, recordLabels(union).get(branch));
      if (same.includes(branch)) first ??= plan;
    }
    return (
      first ?? mismatch(path, `was written as ${describe(writer)}, which is no branch of the reader's union`)
    );
  }

  #record(writer: RecordOf, reader: RecordOf, path: string): Plan {
    if (!sameName(writer, reader)) return mismatch(path, namesDiffer(writer, reader));
    const plans = this.#plans.get(writer) ?? new Map<Node, Plan>();
    this.#plans.set(writer, plans);
    const known = plans.get(reader);
    if (known !== undefined) return known;
    // A record may be used in many places: what is wrong in it is named from here.
    const here = simpleName(reader.name);
    const plan: RecordPlan = { do: "record", name: reader.name, steps: [], defaults: [], fields: [] };
    plans.set(reader, plan);
    const written = writtenFields(writer, reader);
    for (const field of reader.fields) {
      plan.fields.push(field.name);
      if (written.has(field)) continue;
      if (field.fallback === undefined) {
        const missing = mismatch(
          `${here}.${field.name}`,
          "was not written, and the reader has no default for it",
        );
        plans.set(reader, missing);
        return missing;
      }
      plan.defaults.push({ field: field.name, json: field.fallback, type: field.type });
    }
    const readers = new Map([...written].map(([read, from]) => [from, read]));
    for (const field of writer.fields) {
      const into = readers.get(field);
      plan.steps.push(
        into === undefined
          ? { skip: field.type }
          : { field: into.name, plan: this.plan(field.type, into.type, `${here}.${into.name}`) },
      );
    }
    return plan;
  }
}

function labelled(plan: Plan, as: string | undefined): Plan {
  return plan.do === "record" && as !== undefined ? { do: "labelled", record: plan, as } : plan;
}

function enumPlan(writer: Enum, reader: Enum, path: string): Plan {
  if (!sameName(writer, reader)) return mismatch(path, namesDiffer(writer, reader));
  const symbols = writer.symbols.map((symbol) =>
    reader.symbols.includes(symbol) ? symbol : reader.fallback,
  );
  return { do: "enum", path, symbols, written: writer.symbols };
}

function sameName(writer: Named, reader: Named): boolean {
  return (
    writer.name === reader.name ||
    // An alias is a full name: it means that very type, not one of that name in any namespace.
    reader.aliases.includes(writer.name) ||
    simpleName(reader.name) === simpleName(writer.name)
  );
}

function namesDiffer(writer: Named, reader: Named): string {
  return `was written as '${writer.name}', the reader has '${reader.name}' and no alias for it`;
}

function unitsDiffer(writer: Node, reader: Node): string | undefined {
  if (!("logical" in writer && "logical" in reader)) return undefined;
  if (writer.logical === undefined || reader.logical === undefined) return undefined;
  const [written, read] = [writer.logical, reader.logical];
  const same = written.type === read.type && (written.scale ?? 0) === (read.scale ?? 0);
  return same ? undefined : `was written as ${label(written)}, the reader has ${label(read)}`;
}

function label(logical: { type: string; scale: number | undefined }): string {
  return logical.scale === undefined ? logical.type : `${logical.type} of scale ${logical.scale}`;
}

function describe(node: Node): string {
  return "name" in node ? `${node.kind} '${node.name}'` : node.kind;
}
