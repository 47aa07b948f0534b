import type { Pace } from "./pace.ts";

/** One alert as people think of it; `rules.ts` makes Prometheus' form of it. */
export interface Alert {
  /** Without the fleet's prefix, e.g. `BreakerOpen`; its runbook is named after it. */
  readonly name: string;
  /** `critical` wakes somebody; `warning` waits for the morning. */
  readonly severity: "critical" | "warning";
  /** PromQL; what it leaves over names the worker, topic or queue. */
  readonly expr: string;
  /** How long it must hold. @default 0 */
  readonly forSeconds?: number;
  /** One line, for a pager: Prometheus' template over labels and value. */
  readonly summary: string;
  /** What is going on, with the value in words. */
  readonly description: string;
}

/** The alerts of one theme. */
export type Alerts = (pace: Pace) => readonly Alert[];

/** What happened within a time and is kept under a name of its own, for alerts and panels alike. */
export interface Recording {
  /** `level:metric:operations`, as Prometheus' conventions have it. */
  readonly record: string;
  readonly expr: string;
}

export const MINUTE = 60;
export const HOUR = 3_600;

/** Whose outage stops money and seats: what waits there runs out of its hold. */
export const MONEY_WORKERS = ["payment", "settlement"] as const;
export const MONEY = MONEY_WORKERS.join("|");

/** `BreakerOpen` -> `breaker-open`, the runbook's name. */
export function runbookOf(alert: string): string {
  return alert.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
