import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
} from "yaml";
import type { Waiver } from "./waiver.ts";

/** Something in the file that can't be used as a waiver. */
export interface WaiverProblem {
  /** A sentence without a full stop. */
  readonly what: string;
  readonly fix: string;
  readonly line: number;
  readonly column: number;
}

export interface ParsedWaivers {
  readonly waivers: readonly Waiver[];
  readonly problems: readonly WaiverProblem[];
}

const NAMES = ["rule", "record", "pointer", "fingerprint", "owner", "reason", "expires"] as const;
type Name = (typeof NAMES)[number];

/** Of a record as a whole the pointer is empty. */
const MAY_BE_EMPTY: readonly Name[] = ["pointer"];

/** More than anybody keeps by hand. */
const MOST_WAIVERS = 10_000;

type PlaceOf = (node: Node | null | undefined) => { readonly line: number; readonly column: number };

/**
 * Reads `waivers.yaml`, a list of entries; JSON is YAML too. Every scalar is a text, since a fingerprint such as
 * `12e4567890123456` would be a number.
 */
export function parseWaivers(text: string): ParsedWaivers {
  const counter = new LineCounter();
  const document = parseDocument(text, { schema: "failsafe", lineCounter: counter, uniqueKeys: true });
  const placeOf: PlaceOf = (node) => {
    const { line, col } = counter.linePos(node?.range?.[0] ?? 0);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line = 1, col: column = 1 } = broken.linePos?.[0] ?? {};
    const [why = "it is malformed"] = broken.message.split(/ at line \d/);
    return {
      waivers: [],
      problems: [{ what: `the file is not YAML: ${why}`, fix: "correct the file", line, column }],
    };
  }
  return entriesOf(document.contents, placeOf);
}

function entriesOf(root: ParsedNode | null, placeOf: PlaceOf): ParsedWaivers {
  // Comments only.
  if (root === null || (isScalar(root) && root.value === "")) return { waivers: [], problems: [] };
  const whole = (what: string) => ({
    waivers: [],
    problems: [{ what, fix: "write a list of waivers", ...placeOf(root) }],
  });
  if (!isSeq(root)) return whole("the file is not a list of waivers");
  if (root.items.length > MOST_WAIVERS) return whole(`the file has more than ${MOST_WAIVERS} waivers`);
  const waivers: Waiver[] = [];
  const problems: WaiverProblem[] = [];
  for (const item of root.items) {
    const { line, column } = placeOf(item);
    if (!isMap(item)) {
      problems.push({
        what: "a waiver must have names and values",
        fix: `give it ${NAMES.join(", ")}`,
        line,
        column,
      });
      continue;
    }
    const wrong = problemsOf(item, placeOf);
    problems.push(...wrong);
    if (wrong.length > 0) continue;
    const values = valuesOf(item);
    const value = (name: Name): string => values.get(name) ?? "";
    waivers.push({
      rule: value("rule"),
      record: value("record"),
      pointer: value("pointer"),
      fingerprint: value("fingerprint"),
      owner: value("owner"),
      reason: value("reason"),
      expires: value("expires"),
      line,
      column,
    });
  }
  return { waivers, problems };
}

function valuesOf(map: YAMLMap): Map<string, string> {
  return new Map(
    map.items.map(({ key, value }): [string, string] => [
      isScalar(key) ? String(key.value) : "",
      isScalar(value) ? String(value.value ?? "").trim() : "",
    ]),
  );
}

function problemsOf(map: YAMLMap, placeOf: PlaceOf): WaiverProblem[] {
  const problems: WaiverProblem[] = [];
  const values = valuesOf(map);
  for (const { key } of map.items) {
    const name = isScalar(key) ? String(key.value) : "";
    if (NAMES.some((each) => each === name)) continue;
    const place = placeOf(isScalar(key) ? key : map);
    problems.push({ what: `a waiver has no '${name}'`, fix: `it has ${NAMES.join(", ")}`, ...place });
  }
  for (const name of NAMES) {
    const value = values.get(name);
    if (value !== undefined && (value !== "" || MAY_BE_EMPTY.includes(name))) continue;
    problems.push({ what: `the waiver has no ${name}`, fix: FIXES[name], ...placeOf(map) });
  }
  const expires = values.get("expires") ?? "";
  if (expires !== "" && !isDate(expires)) {
    problems.push({
      what: `the waiver expires on '${expires}', which is no date`,
      fix: FIXES.expires,
      ...placeOf(map),
    });
  }
  return problems;
}

const FIXES: Readonly<Record<Name, string>> = {
  rule: "copy it from the entry that the check prints",
  record: "copy it from the entry that the check prints",
  pointer: "copy it from the entry that the check prints",
  fingerprint: "copy it from the entry that the check prints",
  owner: "name the person or team that answers for it",
  reason: "say why nobody is hurt",
  expires: "give the last day on which it counts as YYYY-MM-DD",
};

/** A day of the calendar: `2026-02-30` is none. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
