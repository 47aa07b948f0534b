import { simpleName } from "../../../workers/_runtime/avro/names.ts";
import type { Definition } from "./definitions.ts";

/** What the generated file uses itself, and what TypeScript doesn't take as the name of a type or a constant. */
const TAKEN: ReadonlySet<string> = new Set(
  (
    "Buffer Record Omit Decode RecordType record any bigint boolean never null number object string symbol undefined unknown void " +
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally " +
    "for function if implements import in instanceof interface let new package private protected public return static super " +
    "switch this throw true try typeof var while with yield"
  ).split(" "),
);

/**
 * The TypeScript name of each type: its simple name, events first; with its namespace where another has that name
 * already. What is no identifier becomes one.
 */
export function identifiersFor(definitions: Iterable<Definition>): Map<string, string> {
  const names = new Map<string, string>();
  const used = new Set<string>();
  const all = [...definitions].toSorted((a, b) => Number(b.isEvent) - Number(a.isEvent));
  for (const { fullName } of all) {
    const wished = [identifier(simpleName(fullName)), identifier(fullName)];
    let name = wished.find((each) => !used.has(each)) ?? "";
    for (let nth = 2; name === "" || used.has(name); nth++) name = `${wished[1]}_${nth}`;
    used.add(name);
    names.set(fullName, name);
  }
  return names;
}

function identifier(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_$]/g, "_").replace(/^(?=\d)/, "_");
  return TAKEN.has(plain) || plain === "" ? `${plain}_` : plain;
}

/** A property's name; Avro's own rule makes them identifiers, but not every registry holds to it. */
export function property(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : JSON.stringify(name);
}
