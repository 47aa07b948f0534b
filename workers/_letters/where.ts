import vm from "node:vm";
import { Environment, type ParseResult } from "@marcbachmann/cel-js";
import { nearestWord } from "../_runtime/spelling.ts";
import { LetterRowAnswer } from "./answers.ts";
import { askedFields } from "./asked-fields.ts";
import { Refused } from "./failures.ts";

/** What an expression is asked of; `event` is undefined where the letter can't be decoded. */
export interface Facts {
  readonly event: Readonly<Record<string, unknown>> | undefined;
  readonly letter: Readonly<Record<string, unknown>>;
  /** Per name its values as text, in order. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** Paths of the event's personal fields that were left out of it. */
  readonly hidden?: readonly string[];
}

export interface Where {
  /** Whether the expression reads `event`: without it no body has to be fetched. */
  readonly asksEvent: boolean;
  /**
   * For when nothing matched: a field of `event` that no schema knows is misspelt rather than missing.
   * @param known fields of events, of any schema
   * @throws {Refused} invalid-filter naming the field
   */
  checkFields(known: ReadonlySet<string>): void;
  /**
   * One answer for each; one that lacks a field the expression asks for doesn't match.
   * @throws {Refused} invalid-filter when the expression takes too long
   */
  test(facts: readonly Facts[]): boolean[];
}

const LIMITS = {
  maxAstNodes: 500,
  maxDepth: 40,
  maxListElements: 200,
  maxMapEntries: 50,
  maxCallArguments: 16,
};
const MOST_LENGTH = 4_000;
const LETTER_FIELDS: ReadonlySet<string> = new Set(Object.keys(LetterRowAnswer.shape));
/** For up to a few thousand letters, which take some ten. An expression may nest loops, a pattern may backtrack. */
const BUDGET_MS = 1_000;
/** What says that this letter is not meant, rather than that the expression is wrong. */
const LACKING: ReadonlySet<unknown> = new Set(["no_such_key", "index_out_of_bounds"]);

/**
 * Compiles a CEL expression over `event`, `letter` and `headers`. Whole numbers of events are ints, timestamps are
 * timestamps; numbers of all kinds compare.
 * @throws {Refused} invalid-filter naming the expression and the position
 */
export function compileWhere(expression: string): Where {
  if (expression.length > MOST_LENGTH)
    throw new Refused(
      "invalid-filter",
      `Cannot use 'where' as it must be at most ${MOST_LENGTH} characters: current length is ${expression.length}`,
    );
  const program = parse(expression);
  const asksEvent = /\bevent\b/.test(expression);
  const one = (facts: Facts): boolean => {
    if (asksEvent && facts.event === undefined) return false;
    try {
      const { event = {}, letter, headers } = facts;
      return program({ event, letter, headers }) === true;
    } catch (error) {
      const hidden = hiddenField(error, facts);
      if (hidden !== undefined) throw hiddenRefusal(hidden);
      if (isLacking(error)) return false;
      throw refusal(expression, error);
    }
  };
  return {
    asksEvent,
    checkFields: (known) => checkFields(program.ast, "event", known),
    test(facts) {
      const answers: boolean[] = [];
      const run = () => {
        for (const each of facts) answers.push(one(each));
      };
      withinBudget(run, expression);
      return answers;
    },
  };
}

function parse(expression: string): ParseResult {
  const environment = new Environment({ homogeneousAggregateLiterals: false, limits: LIMITS })
    .registerVariable("event", "map")
    .registerVariable("letter", "map")
    .registerVariable("headers", "map");
  try {
    const program = environment.parse(expression);
    const checked = program.check();
    if (!checked.valid) throw checked.error;
    if (checked.type !== "bool" && checked.type !== "dyn")
      throw new TypeError(`it must say true or false, and says ${checked.type}`);
    checkFields(program.ast, "letter", LETTER_FIELDS);
    return program;
  } catch (error) {
    throw error instanceof Refused ? error : refusal(expression, error);
  }
}

/** @throws {Refused} invalid-filter for a field of `variable` that is not `known` */
function checkFields(tree: ParseResult["ast"], variable: string, known: ReadonlySet<string>): void {
  for (const field of askedFields(tree, variable)) {
    if (known.has(field)) continue;
    const near = nearestWord(field, known);
    throw new Refused(
      "invalid-filter",
      `Cannot use 'where' as no ${variable} has a field '${field}'${near === undefined ? `: there are ${[...known].sort().join(", ")}` : `: did you mean '${near}'?`}`,
      [field],
    );
  }
}

/** Only the engine's own watchdog stops a pattern that backtracks: it ends synchronous code wherever it is. */
function withinBudget(run: () => void, expression: string): void {
  try {
    new vm.Script("run()").runInContext(vm.createContext({ run }), { timeout: BUDGET_MS });
  } catch (error) {
    // An error of the other context: no instance of this one's Error.
    if (Object(error).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    throw new Refused("invalid-filter", `Cannot use 'where' as it takes too long: simplify '${expression}'`, [
      expression,
    ]);
  }
}

/** It asks for what this letter doesn't have, or compares with what is null in it. */
function isLacking(error: unknown): boolean {
  const { code, summary } = Object(error);
  return LACKING.has(code) || (code === "no_such_overload" && /\bnull\b/.test(String(summary)));
}

/** The personal field that an expression asked for, though it was left out. No match would pass for an answer. */
function hiddenField(error: unknown, { hidden = [] }: Facts): string | undefined {
  const { code, summary } = Object(error);
  if (code !== "no_such_key") return undefined;
  return hidden.find((path) => String(summary).endsWith(` ${path.split(".").at(-1)}`));
}

function hiddenRefusal(field: string): Refused {
  return new Refused(
    "invalid-filter",
    `Cannot use 'where' as it asks for '${field}', which is personal: that needs the role personal`,
    [field],
  );
}

function refusal(expression: string, error: unknown): Refused {
  const { summary, node } = Object(error);
  const said = typeof summary === "string" ? summary : error instanceof Error ? error.message : String(error);
  const pos = Object(node).pos;
  const at = typeof pos === "number" ? ` at character ${pos + 1}` : "";
  return new Refused(
    "invalid-filter",
    `Cannot use 'where' as ${said}${at}: current value is '${expression}'`,
    [expression],
  );
}
