import type { Finding } from "./finding.ts";

/**
 * A finding for people: `schemas/Paid.avsc:14:9: error: what: from → to [rule]`, then who is affected and what to do,
 * a line each. Ends with a line end.
 */
export function findingLines({ at, against, severity, what, from, to, rule, who, fix }: Finding): string {
  const change = from === undefined && to === undefined ? "" : `: ${from ?? "nothing"} → ${to ?? "nothing"}`;
  const lines = [
    `${at.file}:${at.line}:${at.column}: ${severity}: ${what}${change} [${rule}]`,
    ...(against === undefined ? [] : [`  was: ${against.file}:${against.line}:${against.column}`]),
    ...who.map((each) => `  who: ${each}`),
    `  fix: ${fix}`,
  ];
  return lines.map((line) => `${plain(line)}\n`).join("");
}

/** A schema's text is somebody else's: it must not move the cursor of whoever reads it, or begin a line of its own. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "\ufffd");
}
