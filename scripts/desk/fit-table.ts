import { tableOf } from "../table.ts";
import { printable, wrap } from "./printable.ts";

/** Of a terminal or a ticket's code block. */
const WIDTH = 100;
/** What a border and its two blanks take beside each column. */
const BORDER = 3;
const NARROWEST = 12;
/** A line of the last column may become this many. */
const MOST_LINES = 3;

/**
 * A table that fits 100 columns: the last column takes what the others leave, wraps and is cut there. A cell's lines
 * are separated by line feeds; everything else that could upset a terminal is escaped.
 */
export function fitTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  width = WIDTH,
): string {
  const cells = rows.map((row) => row.map((cell) => String(cell).split("\n").map(printable)));
  const last = head.length - 1;
  const widest = (column: number) =>
    Math.max(
      [...(head[column] ?? "")].length,
      ...cells.flatMap((row) => (row[column] ?? []).map((line) => [...line].length)),
    );
  let used = BORDER * head.length + 1;
  for (let column = 0; column < last; column++) used += widest(column);
  const left = Math.max(NARROWEST, width - used);
  return tableOf(
    head,
    cells.map((row) =>
      row.map((lines, column) =>
        (column === last ? lines.flatMap((line) => wrap(line, left, MOST_LINES)) : lines).join("\n"),
      ),
    ),
  );
}
