import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const MOST_BYTES = 16_384;

/** The last lines of a log, for a person; empty when there is none. Reads its end only, however long it is. */
export function tailOf(file: string, lines = 15): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return "";
  }
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, MOST_BYTES));
    readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString("utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } finally {
    closeSync(descriptor);
  }
}
