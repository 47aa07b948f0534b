const BARS = "▁▂▃▄▅▆▇█";

/** Counts as a row of bars; the highest is full, zero is the lowest, anything above zero stands out from it. */
export function sparkline(counts: readonly number[]): string {
  const most = Math.max(0, ...counts);
  return counts
    .map((count) => (count <= 0 ? 0 : Math.max(1, Math.round((count / most) * (BARS.length - 1)))))
    .map((level) => BARS[level])
    .join("");
}
