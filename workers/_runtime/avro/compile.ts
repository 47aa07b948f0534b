import { Cursor } from "./cursor.ts";
import { Unresolvable } from "./failures.ts";
import { leastBytes } from "./least.ts";
import { defaultSource, objectOf } from "./literal.ts";
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
    `"use strict";\n${source.text()}\nreturn (c) => ${root};`,
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
  readonly #functions: string[] = [];
  readonly #names = new Map<object, string>();
  readonly #labelled = new Map<RecordPlan, Map<string, object>>();
  readonly #open = new Set<string>();
  readonly #recursive = new Set<string>();
  #next = 0;

  text(): string {
    return this.#functions.join("\n");
  }

  expression(plan: Plan, label?: string): string {
    switch (plan.do) {
      case "read":
        return READS[plan.as];
      case "fixed":
        return `c.fixed(${plan.size})`;
      case "mismatch":
        return `refuse(${JSON.stringify(plan.path)}, ${JSON.stringify(plan.reason)})`;
      case "enum":
        return this.#call(plan, () => {
          const table = this.symbols.push(plan.symbols) - 1;
          const refusal = `refuse(${JSON.stringify(plan.path)}, "was written with a symbol that the reader has neither a place nor a default for")`;
          return `return symbols[${table}][c.index(${plan.symbols.length})] ?? ${refusal};`;
        });
      case "array":
        return this.#call(
          plan,
          () =>
            `const a = []; ${this.#blocks("block", leastBytes(plan.written), `a.push(${this.expression(plan.items)})`)} return a;`,
        );
      case "map":
        return this.#call(plan, () => {
          const put = `const k = c.string(); const v = ${this.expression(plan.values)}; if (k === "__proto__") Object.defineProperty(m, k, { value: v, enumerable: true, configurable: true, writable: true }); else m[k] = v`;
          return `const m = {}; ${this.#blocks("block", 1 + leastBytes(plan.written), put)} return m;`;
        });
      case "union":
        return this.#call(plan, () =>
          this.#switch(plan.branches.map((branch) => `return ${this.expression(branch, label)};`)),
        );
      case "record":
        // The outermost one carries its type's name; the same record further in must not share its function.
        return this.#call(label === undefined ? plan : {}, () => this.#record(plan, label));
      case "labelled":
        return this.#call(this.#keyOf(plan.record, plan.as), () => this.#record(plan.record, plan.as));
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
    return `${steps.join(" ")} ${filled.join(" ")} const r = ${objectOf(own)}; return r;`;
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
        return this.#call(node, () =>
          this.#blocks("blockToSkip", leastBytes(node.items), this.#skip(node.items)),
        );
      case "map":
        return this.#call(node, () =>
          this.#blocks(
            "blockToSkip",
            1 + leastBytes(node.values),
            `c.skipSized(); ${this.#skip(node.values)}`,
          ),
        );
      case "union":
        return this.#call(node, () =>
          this.#switch(node.branches.map((branch) => `${this.#skip(branch)}; return;`)),
        );
      case "record":
        return this.#call(node, () => node.fields.map((field) => `${this.#skip(field.type)};`).join(" "));
    }
  }

  #blocks(next: "block" | "blockToSkip", least: number, each: string): string {
    return `for (let n = c.${next}(${least}); n > 0; n = c.${next}(${least})) for (; n > 0; n--) { ${each}; }`;
  }

  #switch(cases: readonly string[]): string {
    return `switch (c.index(${cases.length})) { ${cases.map((body, index) => `case ${index}: ${body}`).join(" ")} }`;
  }

  /** A call of the function for `what`, made at first use; one that is called inside itself counts its depth. */
  #call(what: object, body: () => string): string {
    const known = this.#names.get(what);
    if (known !== undefined) {
      if (this.#open.has(known)) this.#recursive.add(known);
      return `${known}(c)`;
    }
    const name = `f${this.#next++}`;
    this.#names.set(what, name);
    this.#open.add(name);
    const text = body();
    this.#open.delete(name);
    const recursive = this.#recursive.has(name);
    this.#functions.push(
      recursive
        ? `function ${name}(c) { c.enter(); const r = ${name}_(c); c.leave(); return r; }\nfunction ${name}_(c) { ${text} }`
        : `function ${name}(c) { ${text} }`,
    );
    return `${name}(c)`;
  }
}
