import { UsageError } from "../../workers/_runtime/mod.ts";

const DAY_MS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: DAY_MS,
  w: 604_800_000,
};

/** A date, or a date and a time, with or without a zone. */
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * Epoch ms of what a person typed: `2h` (ago; s, m, h, d, w), `today`, `yesterday`, `now`, `2026-11-24`,
 * `2026-11-24T03:00`. Without a zone it is UTC, as everything that is printed.
 * @throws {UsageError} naming `option` and what it takes
 */
export function parseMoment(option: string, text: string, now: number): number {
  const wanted = text.trim().toLowerCase();
  const midnight = now - (now % DAY_MS);
  if (wanted === "now") return now;
  if (wanted === "today") return midnight;
  if (wanted === "yesterday") return midnight - DAY_MS;
  const [, count, unit] = /^(\d{1,6})\s*([smhdw])(?:\s+ago)?$/.exec(wanted) ?? [];
  if (count !== undefined && unit !== undefined) return now - Number(count) * (UNITS[unit] ?? 0);
  const [, date, time = "00:00", zone = "Z"] = ISO.exec(text.trim()) ?? [];
  const parsed = date === undefined || !isDay(date) ? Number.NaN : Date.parse(`${date}T${time}${zone}`);
  if (Number.isNaN(parsed))
    throw new UsageError(
      `Cannot read ${option} '${text}' as a time: write 2h (ago; s, m, h, d or w), today, yesterday, or a date like 2026-11-24 or 2026-11-24T03:00Z (UTC without a zone)`,
    );
  return parsed;
}

/** Date.parse takes 30 February for 2 March. */
function isDay(date: string): boolean {
  const time = Date.parse(`${date}T00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}
