import type { Acted } from "../../workers/_letters/mod.ts";
import { printable } from "../desk/printable.ts";

/** What was done, and what was not and why. */
export function actedText({ done, skipped }: Acted, past: string): string {
  const rows = skipped.map(
    ({ why, letters, sample }) => `${letters} skipped: ${printable(why)} (e.g. ${printable(sample)})\n`,
  );
  return `${done} ${past}\n${rows.join("")}`;
}
