import { createHash } from "node:crypto";
import { FAULT_KINDS, type FaultKind, type Faults } from "./faults.ts";

/**
 * A number in [0, 1) that depends on its arguments alone: callers that run side by side get the same luck in
 * whatever order they come.
 */
export function unit(seed: number, ...words: readonly (string | number)[]): number {
  return (
    createHash("sha256")
      .update(JSON.stringify([seed, ...words]))
      .digest()
      .readUIntBE(0, 6) /
    2 ** 48
  );
}

/** The fault of the `call`th call under `key`, or none. */
export function chooseFault(faults: Faults, seed: number, key: string, call: number): FaultKind | undefined {
  let rest = unit(seed, "fault", key, call);
  for (const kind of FAULT_KINDS) {
    rest -= faults[kind];
    if (rest < 0) return kind;
  }
  return undefined;
}

/** What a card does by its token's beginning; see docs/gateway.md. */
export function chooseCardFault(card: string, call: number): FaultKind | undefined {
  if (card.startsWith("tok_failing")) return "errorBefore";
  if (card.startsWith("tok_flaky") && call === 1) return "errorBefore";
  if (card.startsWith("tok_lost") && call === 1) return "lost";
  return undefined;
}

/** Why a charge is declined, or undefined when it isn't. */
export function declineCode(card: string, faults: Faults, seed: number, key: string): string | undefined {
  if (card.startsWith("tok_declined")) return "card_declined";
  return unit(seed, "decline", key) < faults.decline ? "insufficient_funds" : undefined;
}

/** Of the standard normal distribution. */
const Z99 = 2.326;
const LONGEST_MS = 600_000;

/** How long the `call`th call under `key` takes, milliseconds. */
export function latencyMs(faults: Faults, seed: number, key: string, call: number): number {
  if (faults.latencyMs === 0) return 0;
  const sigma = Math.log(faults.latencyP99Ms / faults.latencyMs) / Z99;
  // 1 - unit lies in (0, 1]: its logarithm is finite.
  const radius = Math.sqrt(-2 * Math.log(1 - unit(seed, "radius", key, call)));
  const normal = radius * Math.cos(2 * Math.PI * unit(seed, "angle", key, call));
  return Math.min(LONGEST_MS, faults.latencyMs * Math.exp(sigma * normal) * faults.slowdown);
}
