const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Milliseconds of `"500ms"`, `"10s"`, `"1m"`, `"2h"`, `"1d"`.
 * @throws {TypeError} for anything else.
 */
export function durationMs(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ""];
  if (!match || unit === undefined)
    throw new TypeError(
      `Cannot read duration as it must be like '500ms', '10s' or '1m': current value is '${text}'`,
    );
  return Number(match[1]) * unit;
}
