import { Cursor } from "./cursor.ts";
import { Unresolvable } from "./failures.ts";
import { Functions } from "./functions.ts";
import { leastBytes } from "./least.ts";
import { defaultSource, objectOf } from "./literal.ts";
import { ENTRY_BYTES, LIST_BYTES, MAP_BYTES, recordBytes, slotBytes } from "./memory.ts";
import type { Node } from "./node.ts";
import { alwaysFails, mismatches, type Plan, type RecordPlan, type Scalar } from "./plan.ts";

/** Turns a payload into a value; throws `CorruptPayload` or, for data the reader has no place for, `Unresolvable`. */
export type Decode = (bytes: Buffer, from?: number) => unknown;

/** Source that reads a scalar off the cursor `c`. */
const READS: { readonly [S in Scalar]: string } = {
  null: "null",
  boolean: "c.boolean()",
  int: "c.int()",
  long: "c.long()",
  float: "c.float()",
  double: "c.double()",
  string: "c.string()",
  bytes: "c.bytes()",
  intAsFloat: "Math.fround(c.int())",
  longAsFloat: "Math.fround(c.longAsDouble())",
  longAsDouble: "c.longAsDouble()",
  intAsBigint: "BigInt(c.int())",
  longAsBigint: "c.bigint()",
};

/** One serves all decoding of a thread: decoding never waits. */
const CURSOR = new Cursor();

/**
 * Compiles a plan to JavaScript: one function a record, with fields as locals, runs several times faster than
 * walking the plan. Names from schemas get into the source only as JSON texts.
 * @param label becomes the property `type` of the outermost record
 * @throws {Unresolvable} with every mismatch, when no datum at all could be read.
 */
export function compile(plan: Plan, label?: string): Decode {
  if (alwaysFails(plan)) throw new Unresolvable(reasons(plan));
  const source = new Source();
  const root = source.expression(plan, label);
  const read: unknown = new Function(
    "Buffer",
    "symbols",
    "refuse",
    `"use strict";\n${source.functions.text()}\nreturn (c) => ${root};`,
  )(Buffer, source.symbols, refuse);
  if (!isRead(read)) throw new TypeError("Cannot compile schema");
  return (bytes, from = 0) => {
    CURSOR.start(bytes, from);
    const value = read(CURSOR);
    CURSOR.end();
    return value;
  };
}

function reasons(plan: Plan): string {
  return mismatches(plan)
    .slice(0, 10)
    .map(({ path, reason }) => `'${path}' ${reason}`)
    .join("; ");
}

const isRead = (value: unknown): value is (cursor: Cursor) => unknown => typeof value === "function";

function refuse(path: string, reason: string): never {
  throw new Unresolvable(`'${path}' ${reason}`);
}

class Source {
  /** Handed to the compiled code by index, since an enum's symbols are data. */
  readonly symbols: (readonly (string | undefined)[])[] = [];
  readonly functions = new Functions();
  readonly #labelled = new Map<RecordPlan, Map<string, object>>();

  expression(plan: Plan, label?: string): string {
    switch (plan.do) {
      case "read":
        return READS[plan.as];
      case "fixed":
        return `c.fixed(${plan.size})`;
      case "mismatch":
        return `refuse(${JSON.stringify(plan.path)}, ${JSON.stringify(plan.reason)})`;
      case "enum":
        return this.functions.call(plan, () => {
          const table = this.symbols.push(plan.symbols) - 1;
          const refusal = `refuse(${JSON.stringify(plan.path)}, "was written with a symbol that the reader has neither a place nor a default for")`;
          return `return symbols[${table}][c.index(${plan.symbols.length})] ?? ${refusal};`;
        });
      case "array":
        return this.functions.call(plan, () => {
          const next = `c.block(${leastBytes(plan.written)}, ${slotBytes(plan.items)})`;
          const item = this.expression(plan.items);
          // Made at its size, as pushing leaves half of what it takes behind.
          const first = `const n = ${next}; if (n === 0) return []; const a = new Array(n); for (let i = 0; i < n; i++) a[i] = ${item};`;
          const rest = `for (let m = ${next}; m > 0; m = ${next}) for (; m > 0; m--) a.push(${item});`;
          return `c.limits.build(${LIST_BYTES}); ${first} ${rest} return a;`;
        });
      case "map":
        return this.functions.call(plan, () => {
          const put = `const k = c.string(); const v = ${this.expression(plan.values)}; if (k === "__proto__") Object.defineProperty(m, k, { value: v, enumerable: true, configurable: true, writable: true }); else m[k] = v`;
          const next = `c.block(${1 + leastBytes(plan.written)}, ${ENTRY_BYTES + slotBytes(plan.values)})`;
          return `c.limits.build(${MAP_BYTES}); const m = {}; ${blocks(next, put)} return m;`;
        });
      case "union":
        return this.functions.call(plan, () =>
          this.#switch(plan.branches.map((branch) => `return ${this.expression(branch, label)};`)),
        );
      case "record":
        // The outermost one carries its type's name; the same record further in must not share its function.
        return this.functions.call(label === undefined ? plan : {}, () => this.#record(plan, label));
      case "labelled":
        return this.functions.call(this.#keyOf(plan.record, plan.as), () =>
          this.#record(plan.record, plan.as),
        );
    }
  }

  #record(plan: RecordPlan, label: string | undefined): string {
    const local = new Map(plan.fields.map((field, index) => [field, `v${index}`]));
    const steps = plan.steps.map((step) =>
      "skip" in step
        ? `${this.#skip(step.skip)};`
        : `const ${local.get(step.field)} = ${this.expression(step.plan)};`,
    );
    const filled = plan.defaults.map(
      ({ field, json, type }) =>
        `const ${local.get(field)} = ${defaultSource(json, type, `${plan.name}.${field}`)};`,
    );
    const own: [string, string][] = plan.fields.map((field) => [field, local.get(field) ?? "undefined"]);
    if (label !== undefined) own.unshift(["type", JSON.stringify(label)]);
    return `c.limits.build(${recordBytes(plan)}); ${steps.join(" ")} ${filled.join(" ")} const r = ${objectOf(own)}; return r;`;
  }

  /** The same for the same record and label, so that a recursive one finds itself. */
  #keyOf(plan: RecordPlan, label: string): object {
    const keys = this.#labelled.get(plan) ?? new Map<string, object>();
    this.#labelled.set(plan, keys);
    const key = keys.get(label) ?? {};
    keys.set(label, key);
    return key;
  }

  #skip(node: Node): string {
    switch (node.kind) {
      case "null":
        return "";
      case "boolean":
        return "c.skip(1)";
      case "int":
      case "long":
      case "enum":
        return "c.skipLong()";
      case "float":
        return "c.skip(4)";
      case "double":
        return "c.skip(8)";
      case "fixed":
        return `c.skip(${node.size})`;
      case "string":
      case "bytes":
        return "c.skipSized()";
      case "array":
        return this.functions.call(node, () =>
          blocks(`c.blockToSkip(${leastBytes(node.items)})`, this.#skip(node.items)),
        );
      case "map":
        return this.functions.call(node, () =>
          blocks(
            `c.blockToSkip(${1 + leastBytes(node.values)})`,
            `c.skipSized(); ${this.#skip(node.values)}`,
          ),
        );
      case "union":
        return this.functions.call(node, () =>
          this.#switch(node.branches.map((branch) => `${this.#skip(branch)}; return;`)),
        );
      case "record":
        return this.functions.call(node, () =>
          node.fields.map((field) => `${this.#skip(field.type)};`).join(" "),
        );
    }
  }

  #switch(cases: readonly string[]): string {
    return `switch (c.index(${cases.length})) { ${cases.map((body, index) => `case ${index}: ${body}`).join(" ")} }`;
  }
}

/** `each` for every element of the blocks that `next` gives the counts of. */
function blocks(next: string, each: string): string {
  return `for (let n = ${next}; n > 0; n = ${next}) for (; n > 0; n--) { ${each}; }`;
}
