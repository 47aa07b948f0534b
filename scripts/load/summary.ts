import { tableOf } from "../table.ts";
import type { Tally } from "./tally.ts";

/** What a load run comes to: plain values, as `--json` prints them. Latencies in milliseconds. */
export interface Summary {
  readonly seconds: number;
  readonly steps: number;
  readonly perSecond: number;
  readonly reservations: {
    readonly accepted: number;
    readonly soldOut: number;
    readonly lapsed: number;
    readonly refused: number;
    readonly unknown: number;
  };
  readonly cancellations: { readonly accepted: number; readonly refused: number; readonly moot: number };
  readonly sown: number;
  readonly answers: {
    readonly asked: number;
    readonly taken: number;
    readonly throttled: number;
    readonly unavailable: number;
    readonly lost: Readonly<Record<string, number>>;
    readonly refused: Readonly<Record<string, number>>;
  };
  readonly latency: { readonly fromIntended: Percentiles; readonly fromSent: Percentiles };
}

export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export function summaryOf(tally: Tally, seconds: number): Summary {
  const { counts } = tally;
  return {
    seconds: round(seconds),
    steps: counts.sent,
    perSecond: round(seconds > 0 ? counts.sent / seconds : 0),
    reservations: {
      accepted: counts.accepted,
      soldOut: counts.soldOut,
      lapsed: counts.lapsed,
      refused: counts.refused,
      unknown: counts.unknown,
    },
    cancellations: {
      accepted: counts.cancelled,
      refused: counts.cancelRefused,
      moot: counts.cancelMoot,
    },
    sown: counts.sown,
    answers: {
      asked: counts.asked,
      taken: counts.taken,
      throttled: counts.throttled,
      unavailable: counts.unavailable,
      lost: Object.fromEntries(tally.lost),
      refused: Object.fromEntries(tally.refused),
    },
    latency: { fromIntended: percentiles(tally.fromIntended), fromSent: percentiles(tally.fromSent) },
  };
}

export function summaryTable(summary: Summary): string {
  const { reservations, cancellations, answers, latency } = summary;
  return tableOf(
    [],
    [
      ["steps", `${summary.steps} in ${summary.seconds} s (${summary.perSecond}/s)`],
      [
        "reservations",
        `${reservations.accepted} accepted, ${reservations.soldOut} found no seats, ${reservations.refused} refused, ${reservations.lapsed} lapsed, ${reservations.unknown} unknown`,
      ],
      [
        "cancellations",
        `${cancellations.accepted} accepted, ${cancellations.refused} refused, ${cancellations.moot} of nothing`,
      ],
      ["sown", `${summary.sown} broken records`],
      [
        "answers",
        `${answers.asked} asked for: ${answers.taken} taken, ${answers.throttled} throttled, ${answers.unavailable} unavailable, ${named(answers.lost)} lost, ${named(answers.refused)} refused`,
      ],
      ["latency from the intended time", line(latency.fromIntended)],
      ["latency of single answers", line(latency.fromSent)],
    ],
  );
}

function named(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts);
  const total = parts.reduce((sum, [, count]) => sum + count, 0);
  return parts.length === 0
    ? "0"
    : `${total} (${parts.map(([name, count]) => `${name} ${count}`).join(", ")})`;
}

function line({ p50, p90, p99, p999, max }: Percentiles): string {
  return `p50 ${p50} ms, p90 ${p90}, p99 ${p99}, p99.9 ${p999}, max ${max}`;
}

function percentiles(latency: Tally["fromSent"]): Percentiles {
  return {
    p50: round(latency.percentile(50)),
    p90: round(latency.percentile(90)),
    p99: round(latency.percentile(99)),
    p999: round(latency.percentile(99.9)),
    max: round(latency.max),
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
