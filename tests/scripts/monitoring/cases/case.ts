/** A minute-by-minute story of series, and whether an alert rings at its end. */
export interface Case {
  /** Without the prefix. */
  readonly alert: string;
  readonly what: string;
  readonly severity: "critical" | "warning";
  /** Series to their values by minute, in promtool's notation: `0+5x20`, `1x5 stale`. */
  readonly series: Readonly<Record<string, string>>;
  readonly atMinute: number;
  readonly rings: boolean;
}

type Story = Pick<Case, "what" | "series" | "atMinute">;

/** The stories of one alert: those in which it rings, and those just below. */
export function stories(
  alert: string,
  severity: Case["severity"],
  { rings, silent }: { readonly rings: readonly Story[]; readonly silent: readonly Story[] },
): readonly Case[] {
  return [
    ...rings.map((story) => ({ ...story, alert, severity, rings: true })),
    ...silent.map((story) => ({ ...story, alert, severity, rings: false })),
  ];
}

/** For ever, in promtool's notation: it repeats numbers only. */
export const ENDLESS = Array.from({ length: 21 }, () => "Inf").join(" ");
