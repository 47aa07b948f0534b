import type { Job } from "../../workers/_letters/mod.ts";
import { type ExitCode, exitCodes } from "../../workers/_runtime/mod.ts";
import { age, moment, span } from "../desk/age.ts";
import { printable } from "../desk/printable.ts";

/** Of a command's help. */
export const JOB_JSON = `JSON: { plan, by, reason, phase, note, letters, sent, processed, deadAgain, underWay, skipped, canary, rate, pace,
speed, allowed, stopOnFailureShare, startedAt, endedAt }; phase is one of waiting, canary, sending, awaiting, paused,
stopped, cancelled, done.`;

export function hasEnded({ phase }: Job): boolean {
  return phase === "done" || phase === "stopped" || phase === "cancelled";
}

/** 0 only when every letter was sent and has the outcome one wants: nothing dead again, skipped or left. */
export function endOf(job: Job): ExitCode {
  const { phase, letters, sent, deadAgain, skipped, underWay } = job;
  const well = phase === "done" && deadAgain === 0 && skipped === 0 && underWay === 0 && sent === letters;
  return well ? exitCodes.fine : exitCodes.no;
}

/** A job as a page for people. */
export function jobText(job: Job, now: number, suffix = ""): string {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["job", `${job.plan}, by ${job.by}: ${job.reason}`],
    ["phase", phaseOf(job, now)],
    [
      "letters",
      `${job.letters}: ${job.sent} sent, ${job.letters - job.sent - job.skipped} not yet, ${job.skipped} skipped`,
    ],
    ["outcomes", `${job.processed} processed, ${job.deadAgain} dead again, ${job.underWay} under way`],
    ["limits", limitsOf(job)],
    ["speed", hasEnded(job) ? undefined : speedOf(job)],
    ["note", job.note],
  ];
  const text = facts
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(10)}${printable(value)}\n`]))
    .join("");
  return `${text}${nextText(job, suffix)}`;
}

function phaseOf({ phase, startedAt, endedAt }: Job, now: number): string {
  if (endedAt === undefined) return `${phase}, started ${age(startedAt, now)} ago`;
  return `${phase} at ${moment(endedAt)}, after ${span(endedAt - startedAt)}`;
}

function limitsOf({ canary, rate, pace, stopOnFailureShare }: Job): string {
  return [
    canary > 0 ? `canary ${canary}` : undefined,
    rate === undefined ? "no rate cap" : `at most ${rate}/s`,
    pace ? "paced by the workers' lag" : "not paced",
    stopOnFailureShare === undefined ? undefined : `stops above ${stopOnFailureShare * 100} % dead again`,
  ]
    .filter((each) => each !== undefined)
    .join(", ");
}

function speedOf({ speed, allowed }: Job): string {
  return `${Math.round(speed)}/s${allowed === undefined ? "" : `, ${Math.round(allowed)}/s allowed now`}`;
}

function nextText(job: Job, suffix: string): string {
  const say = (command: string) => `  npx boxoffice ${command}${suffix}\n`;
  if (!hasEnded(job)) return `Next\n${say(`jobs watch ${job.plan}`)}${say(`jobs pause ${job.plan}`)}`;
  if (endOf(job) === exitCodes.fine) return "";
  return `Next\n${say(`jobs results ${job.plan} --result dead-again,skipped,not-sent,under-way`)}${say("dlq groups")}`;
}

/** A running job in one line. */
export function jobLine(job: Job): string {
  const { phase, letters, sent, processed, deadAgain, underWay, skipped } = job;
  const note = job.note === undefined ? "" : `  (${printable(job.note)})`;
  const skips = skipped > 0 ? `  ${skipped} skipped` : "";
  return `${phase.padEnd(8)} ${sent}/${letters} sent  ${processed} processed  ${deadAgain} dead again  ${underWay} under way${skips}  ${Math.round(job.speed)}/s${note}`;
}
