import type { Place } from "../finding.ts";

/** The line that a finding points at, and where in it what it means ends. */
export interface Region {
  readonly line: string;
  /** From 1, the first character behind it. */
  readonly endColumn: number;
}

const TOKEN = /"(?:\\.|[^"\\])*"|[{[][^{[]*|[^\s,:{}[\]]+/y;

/** Undefined where the text isn't known or has no such place. */
export function regionOf(
  { file, line, column }: Place,
  texts: ReadonlyMap<string, string>,
): Region | undefined {
  const source = texts.get(file)?.split("\n")[line - 1]?.replace(/\r$/, "");
  if (source === undefined || column < 1 || column > source.length) return undefined;
  TOKEN.lastIndex = column - 1;
  const length = TOKEN.exec(source)?.[0].trimEnd().length ?? 1;
  return { line: source, endColumn: column + Math.max(1, length) };
}
