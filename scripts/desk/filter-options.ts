import type { Command } from "commander";

/** Adds the filter's options, alike everywhere; with `outcome` where letters that are not open can be asked for. */
export function withFilter(command: Command, { outcome = false } = {}): Command {
  command
    .option("--worker <names>", "of these workers", listed)
    .option("--topic <names>", "of these source topics", listed)
    .option("--partition <numbers>", "of these partitions", listed)
    .option("--error <classes>", "with these error classes", listed)
    .option("--fingerprint <prints>", "with these fingerprints, or their beginnings", listed)
    .option("--key <key>", "of this key, repeatable (base64:… for one that is no text)", repeated)
    .option("--since <time>", "died at or after: 2h (ago), today, 2026-11-24T03:00Z")
    .option("--until <time>", "died before")
    .option("--attempts <range>", "attempts made: 3, 2.. (at least), ..5 (at most)")
    .option(
      "--where <expression>",
      "CEL over event, letter and headers; repeatable, all must hold",
      repeated,
    );
  if (outcome)
    command.option("--outcome <outcomes>", "what became of them; default: open ones; or all", listed);
  return command;
}

export const FILTER_HELP = `
Filters: all that are given must hold; names and numbers are repeatable or comma separated, any of them may match.
Times are UTC. --where is a CEL expression, e.g. --where 'event.amount > 5000 && letter.attempts >= 3'.`;

/** Comma separated, repeatable. */
export function listed(text: string, before: readonly string[] = []): readonly string[] {
  return [
    ...before,
    ...text
      .split(",")
      .map((each) => each.trim())
      .filter((each) => each !== ""),
  ];
}

/** Repeatable, and commas are part of it. */
export function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
