import { styleText } from "node:util";
import { plain } from "../plain.ts";
import type { RecordDiff } from "./compare.ts";
import type { Difference } from "./differences.ts";

const SIGNS = { added: "+", removed: "-", changed: "~" } as const;
const COLOURS = { added: "green", removed: "red", changed: "yellow" } as const;

/** For people: a heading a record, a line a difference. @param coloured - for a terminal */
export function diffText(diffs: readonly RecordDiff[], against: string, coloured: boolean): string {
  const changed = diffs.filter(({ kind }) => kind !== "same");
  const paint = (kind: Difference["kind"], text: string) =>
    coloured ? styleText(COLOURS[kind], plain(text), { validateStream: false }) : plain(text);
  const lines = changed.flatMap((diff) => [
    heading(diff, paint),
    ...diff.differences.map((each) => `  ${paint(each.kind, `${SIGNS[each.kind]} ${sentence(each)}`)}`),
  ]);
  const same = diffs.length - changed.length;
  const summary = `${changed.length} of ${diffs.length} records differ from ${against}${same > 0 ? `, ${same} are the same` : ""}`;
  return [...lines, summary].map((line) => `${line}\n`).join("");
}

function heading({ record, file, kind, since }: RecordDiff, paint: Paint): string {
  if (kind === "changed") return plain(`${record} (${file}, since ${since})`);
  if (kind === "added") return paint("added", `+ ${record} (${file}) is new`);
  return paint("removed", `- ${record} (${file}) is gone`);
}

type Paint = (kind: Difference["kind"], text: string) => string;

function sentence({ kind, what, of, from, to, at }: Difference): string {
  const where = `${at.file}:${at.line}:${at.column}`;
  if (kind === "changed") return `${what} of ${of}: ${from} → ${to}  (${where})`;
  return `${what}${what === "field" ? "" : " of"} ${of}: ${to ?? from}  (${where})`;
}
