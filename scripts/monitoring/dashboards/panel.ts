/** What a panel shows, in our words; `dashboard.ts` makes Grafana's of it. */
export interface Panel {
  /** The question that it answers. */
  readonly title: string;
  /** How to read it, when the title doesn't say. */
  readonly help?: string;
  /** `lines` over time; `now`: the last values, large. */
  readonly shows: "lines" | "now";
  readonly queries: readonly Query[];
  readonly unit: Unit;
  /** Where it turns red. */
  readonly limit?: number;
  /** Below the limit is bad instead of above. @default false */
  readonly lowIsBad?: boolean;
  /** The alert that watches this, without prefix: its runbook is linked. */
  readonly alert?: string;
  /** In 24ths of the screen. @default 8 */
  readonly width?: 4 | 6 | 8 | 12 | 24;
}

export interface Query {
  readonly expr: string;
  /** Grafana's template over labels, e.g. `{{worker}}`. */
  readonly legend: string;
}

/** Grafana's names of units. */
export type Unit =
  | "short"
  | "s"
  | "percentunit"
  | "bytes"
  | "recordsps"
  | "reqps"
  | "cps"
  | "opm"
  | "bool_yes_no";

/** Panels below one heading. */
export interface Section {
  readonly title: string;
  readonly panels: readonly Panel[];
}
