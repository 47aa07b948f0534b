import { Unresolvable } from "./failures.ts";

/** Levels of a recursive schema in one payload. */
const MOST_LEVELS = 512;
/** Of the 984 kB that a thread has: what decoding may take, whatever called it. */
const STACK_BYTES = 450_000;
/** Of a call, and of each local: what V8's interpreter takes, more than optimised code does. */
const FRAME_BYTES = 170;
const LOCAL_BYTES = 16;

/**
 * The functions of one compiled schema. A payload chooses how deep they call one another only where a type holds
 * itself: those count levels, and how many there may be follows from what one of them takes of the stack.
 */
export class Functions {
  readonly #texts: string[] = [];
  readonly #names = new Map<object, string>();
  /** Stack that a call of each finished one takes, without what recursion adds. */
  readonly #stackBytes = new Map<string, number>();
  readonly #recursive = new Set<string>();
  /** Those being written, the innermost last, with the deepest call that each was seen to make. */
  readonly #open = new Map<string, number>();
  #next = 0;

  /** @throws {Unresolvable} when even one level is more than the stack holds. */
  text(): string {
    const deepest = Math.max(1, ...this.#stackBytes.values());
    if (deepest > STACK_BYTES) throw new Unresolvable("the schema is nested too deeply to be read");
    const most = Math.min(MOST_LEVELS, Math.floor(STACK_BYTES / deepest));
    return `const most = ${most};\n${this.#texts.join("\n")}`;
  }

  /** A call of the function for `what`, made at first use. */
  call(what: object, body: () => string): string {
    const known = this.#names.get(what);
    if (known !== undefined) {
      if (this.#open.has(known)) this.#recursive.add(known);
      this.#calls(this.#stackBytes.get(known) ?? 0);
      return `${known}(c)`;
    }
    const name = `f${this.#next++}`;
    this.#names.set(what, name);
    this.#open.set(name, 0);
    const text = body();
    const deepest = this.#open.get(name) ?? 0;
    this.#open.delete(name);
    const locals = text.split("const ").length;
    const frames = this.#recursive.has(name) ? 2 : 1;
    this.#stackBytes.set(name, frames * FRAME_BYTES + locals * LOCAL_BYTES + deepest);
    this.#calls(this.#stackBytes.get(name) ?? 0);
    this.#texts.push(
      this.#recursive.has(name)
        ? `function ${name}(c) { c.limits.enter(most); const r = ${name}_(c); c.limits.leave(); return r; }\nfunction ${name}_(c) { ${text} }`
        : `function ${name}(c) { ${text} }`,
    );
    return `${name}(c)`;
  }

  #calls(stackBytes: number): void {
    const caller = [...this.#open.keys()].at(-1);
    if (caller !== undefined) this.#open.set(caller, Math.max(this.#open.get(caller) ?? 0, stackBytes));
  }
}
