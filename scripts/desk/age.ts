const STEPS: readonly (readonly [unit: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
];

/** A span for people, in its largest unit: `3 d`, `2 h`, `45 min`, `12 s`; below a second `0 s`. */
export function span(ms: number): string {
  for (const [unit, size] of STEPS) if (ms >= size) return `${Math.floor(ms / size)} ${unit}`;
  return "0 s";
}

/** How long ago; a clock behind the brokers' makes no negative ages. */
export function age(time: number, now: number): string {
  return span(Math.max(0, now - time));
}

/** A moment for people, UTC to the second: `2026-11-24 03:12:05Z`; what is no moment as its number. */
export function moment(time: number): string {
  if (!Number.isFinite(time) || Math.abs(time) > 8.64e15) return String(time);
  return `${new Date(time).toISOString().slice(0, 19).replace("T", " ")}Z`;
}
