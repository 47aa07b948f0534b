import { z } from "zod";
import { explain } from "./explain.ts";

/** Shares of calls that get this fault, 0 to 1; at most one fault a call. */
export const FAULT_KINDS = [
  "errorBefore",
  "errorAfter",
  "unavailable",
  "rateLimited",
  "hang",
  "lost",
  "stall",
  "resetBefore",
  "resetAfter",
  "drip",
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** How badly the simulator behaves; the meaning of each is in docs/gateway.md. */
export interface Faults extends Readonly<Record<FaultKind, number>> {
  /** Median of the log-normal time a call takes; 0 is none at all. */
  readonly latencyMs: number;
  /** Its 99th percentile; at least the median. */
  readonly latencyP99Ms: number;
  /** Factor on every latency. */
  readonly slowdown: number;
  /** Share of charges that are declined. */
  readonly decline: number;
  /** How much longer a stalled charge is under way. */
  readonly stallMs: number;
  /** Between two bytes of a dripping answer. */
  readonly dripMs: number;
}

const between = (low: number, high: number) => {
  const rule = `must be a number from ${low} to ${high}`;
  return z.number(rule).min(low, rule).max(high, rule);
};
const share = between(0, 1);
const delayMs = between(0, 600_000);

const fields = z.strictObject(
  {
    latencyMs: delayMs,
    latencyP99Ms: delayMs,
    slowdown: between(0, 1000),
    decline: share,
    stallMs: delayMs,
    dripMs: delayMs,
    errorBefore: share,
    errorAfter: share,
    unavailable: share,
    rateLimited: share,
    hang: share,
    lost: share,
    stall: share,
    resetBefore: share,
    resetAfter: share,
    drip: share,
  },
  "must be an object",
);

export const NO_FAULTS: Faults = {
  latencyMs: 0,
  latencyP99Ms: 0,
  slowdown: 1,
  decline: 0,
  stallMs: 10_000,
  dripMs: 50,
  errorBefore: 0,
  errorAfter: 0,
  unavailable: 0,
  rateLimited: 0,
  hang: 0,
  lost: 0,
  stall: 0,
  resetBefore: 0,
  resetAfter: 0,
  drip: 0,
};

/**
 * `base` with the named faults changed. A percentile below the median is raised to it.
 * @throws {RangeError} naming every wrong value.
 */
export function changeFaults(base: Faults, change: unknown): Faults {
  const parsed = fields.safeParse(isObject(change) ? { ...base, ...change } : change);
  if (!parsed.success) {
    throw new RangeError(`Cannot set faults as ${explain(parsed.error, change)}`);
  }
  const faults = { ...parsed.data, latencyP99Ms: Math.max(parsed.data.latencyMs, parsed.data.latencyP99Ms) };
  const sum = FAULT_KINDS.reduce((total, kind) => total + faults[kind], 0);
  // Decimal shares that add up to one may come out a hair above it.
  if (sum > 1 + 1e-9) {
    throw new RangeError(
      `Cannot set faults as the shares of ${FAULT_KINDS.join(", ")} must add up to at most 1: current value is ${sum}`,
    );
  }
  return faults;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
