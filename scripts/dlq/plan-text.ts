import type { Plan, PlanTarget } from "../../workers/_letters/mod.ts";
import { age, span } from "../desk/age.ts";
import { fitTable } from "../desk/fit-table.ts";
import { cut, printable } from "../desk/printable.ts";

/** Above it one of them goes first. */
const CANARY = 10;

/** A plan as a page for people, with the very next command. */
export function planText(plan: Plan, now: number, suffix = ""): string {
  const head =
    `Plan ${plan.plan}: ${lettersOf(plan.letters)} frozen, nothing sent\n` +
    `by ${printable(plan.by)}, ${age(plan.time, now)} ago: ${printable(plan.reason)}\n`;
  if (plan.letters === 0) return `${head}${leftOut(plan)}Nothing to replay: no open letter matches.\n`;
  const parts = [head, targetsText(plan.targets), judged(plan), leftOut(plan), nextText(plan, suffix)];
  return parts.filter((part) => part !== "").join("\n");
}

function targetsText(targets: readonly PlanTarget[]): string {
  const table = fitTable(
    ["worker", "letters", "partitions", "from, to"],
    targets.map(({ worker, letters, partitions, dlq, to }) => [
      worker,
      letters,
      ranges(partitions),
      `${dlq}\n${to}`,
    ]),
  );
  const seen = targets
    .filter(({ otherGroups }) => otherGroups.length > 0)
    .map(
      ({ to, otherGroups }) => `${to} is also read by: ${otherGroups.join(", ")} (each sees them again)\n`,
    );
  return `${table}${seen.join("")}`;
}

function judged(plan: Plan): string {
  const rows: string[] = [];
  const say = (what: string, count: number | string, more = "") =>
    rows.push(
      `${cut(`${what.padEnd(38)}${String(count).padStart(8)}${more === "" ? "" : `  ${more}`}`, 100)}\n`,
    );
  say(
    "would fail again at decode",
    plan.undecodable.reduce((sum, { letters }) => sum + letters, 0),
  );
  for (const { reason, letters, sample } of plan.undecodable)
    rows.push(
      `  ${cut(`${letters}: ${printable(reason)}`, 98)}\n  ${" ".repeat(String(letters).length)}  e.g. ${sample}\n`,
    );
  say("replayed before", plan.replayedBefore);
  say("edited: the new value goes", plan.edited);
  if (plan.overtaken === "not checked") say("newer events of the same key done", "unchecked");
  else {
    const { letters, unknown, samples } = plan.overtaken;
    say("newer events of the same key done", letters, samples.length > 0 ? `e.g. ${samples[0]}` : "");
    if (unknown > 0) say("  unknown (source log gone or too long)", unknown);
  }
  say("taken by retention within a day", plan.expiring);
  say("bytes", bytesOf(plan.bytes));
  if (plan.expectedMs !== undefined)
    say("expected duration", plan.expectedMs < 1000 ? "< 1 s" : span(plan.expectedMs));
  return rows.join("");
}

function leftOut({ capped, notOpen, attemptCap }: Plan): string {
  const rows: string[] = [];
  if (capped > 0)
    rows.push(`Left out: ${lettersOf(capped)} replayed ${attemptCap} times or more (--attempt-cap)\n`);
  if (notOpen > 0) rows.push(`Left out: ${lettersOf(notOpen)} that are not open\n`);
  return rows.join("");
}

function nextText(plan: Plan, suffix: string): string {
  const canary = plan.letters > CANARY ? ` --canary ${CANARY}` : "";
  const groups = [...new Set(plan.targets.flatMap(({ otherGroups }) => otherGroups))];
  const agreed = plan.to === "source" && groups.length > 0 ? ` --other-groups ${groups.join(",")}` : "";
  return `Next: npx boxoffice dlq replay --plan ${plan.plan}${canary}${agreed}${suffix}\n`;
}

function lettersOf(count: number): string {
  return count === 1 ? "1 letter" : `${count} letters`;
}

/** `0-3, 7` of 0, 1, 2, 3, 7. */
export function ranges(numbers: readonly number[]): string {
  const found: [from: number, to: number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = found.at(-1);
    if (last !== undefined && number <= last[1] + 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");
}

/** Bytes in the largest binary unit that fits. */
export function bytesOf(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
