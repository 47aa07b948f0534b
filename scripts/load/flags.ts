import { InvalidArgumentError } from "commander";
import { durationMs } from "../../workers/_runtime/mod.ts";

/** For commander: a whole number from `least` on. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`must be a whole number from ${least} on.`);
  };
}

/** For commander: a number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text !== "" && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("must be a number above 0.");
}

/** For commander: a share from 0 to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text !== "" && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("must be a share from 0 to 1.");
}

/** For commander: `500ms`, `10s`, `5m`; milliseconds. */
export function duration(text: string): number {
  try {
    return durationMs(text);
  } catch {
    throw new InvalidArgumentError("must be a duration like 500ms, 10s or 5m.");
  }
}
