/**
 * Text from records (keys, reasons, headers, fields) as it may be shown at a terminal: control characters, which could
 * move the cursor, recolour or retitle the operator's window, and direction marks, which could swap what is read, are
 * written as their code points.
 */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);
}

/**
 * The same for whole pages of our own lines. Of JSON, too: there such characters stand in strings only, where the escape
 * means the same.
 */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** At most `most` characters, the last one `…` where something was cut. */
export function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, Math.max(0, most - 1)).join("")}…`;
}

/** `text` in at most `most` lines of `width` characters, broken at blanks where that's not half empty; the rest is cut. */
export function wrap(text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  let rest = [...text];
  while (rest.length > width && lines.length < most - 1) {
    const blank = rest.slice(0, width + 1).lastIndexOf(" ");
    const end = blank > width / 2 ? blank : width;
    lines.push(rest.slice(0, end).join(""));
    rest = rest.slice(rest[end] === " " ? end + 1 : end);
  }
  return [...lines, cut(rest.join(""), width)];
}
