/**
 * Text from records (keys, reasons, headers, fields) as it may be shown at a terminal: control characters, which could
 * move the cursor, recolour or retitle the operator's window, and direction marks, which could swap what is read, are
 * written as their code points.
 */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);
}

const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** At most `most` characters, the last one `…` where something was cut. */
export function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, Math.max(0, most - 1)).join("")}…`;
}
