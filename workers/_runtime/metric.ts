import { Counter, Gauge, type Registry } from "prom-client";
import { type SeriesHistogram, seriesHistogram } from "./histogram.ts";

/** Before the name of every metric of ours. */
const PREFIX = "boxoffice_";

/** A metric as it is declared, once: registered from this, and documented by it (`docs/metrics.md`). */
export interface Metric<L extends string = string> {
  /** Without the prefix. */
  readonly name: string;
  /** Of its values: seconds, records, letters … */
  readonly unit: string;
  readonly help: string;
  /** Every label with what bounds it; never a key, an id or a path. @default none */
  readonly labels?: { readonly [label in L]: string };
}

/** A metric that can be registered with what registers it. */
export interface DeclaredMetric<T = unknown> {
  readonly metric: Metric;
  readonly type: "counter" | "gauge" | "histogram";
  /** @throws {Error} when the registry has it */
  register(registry: Registry): T;
}

export function counter<const L extends string = never>(metric: Metric<L>): DeclaredMetric<Counter<L>> {
  return {
    metric,
    type: "counter",
    register: (registry) => new Counter<L>({ ...optionsOf(metric), registers: [registry] }),
  };
}

export function gauge<const L extends string = never>(metric: Metric<L>): DeclaredMetric<Gauge<L>> {
  return {
    metric,
    type: "gauge",
    register: (registry) => new Gauge<L>({ ...optionsOf(metric), registers: [registry] }),
  };
}

/** `buckets`: upper bounds, ascending, without the infinite one. */
export function histogram<const L extends string = never>(
  metric: Metric<L> & { readonly buckets: readonly number[] },
): DeclaredMetric<SeriesHistogram<L>> {
  const { buckets } = metric;
  return {
    metric,
    type: "histogram",
    register: (registry) => seriesHistogram<L>(registry, { ...optionsOf(metric), buckets }),
  };
}

/** A group of metrics that one kind of worker has. */
export type DeclaredMetrics = Readonly<Record<string, DeclaredMetric>>;

/** Its name on `/metrics`. */
export function metricName({ name }: Pick<Metric, "name">): string {
  return PREFIX + name;
}

/** Each of them in the registry, under its own name. */
export function registered<D extends DeclaredMetrics>(
  registry: Registry,
  declared: D,
): { readonly [K in keyof D]: D[K] extends DeclaredMetric<infer T> ? T : never } {
  const all = Object.entries(declared).map(([key, each]) => [key, each.register(registry)] as const);
  // One for each key of `declared`, by its own `register`.
  return Object.fromEntries(all) as ReturnType<typeof registered<D>>;
}

function optionsOf<L extends string>(metric: Metric<L>): { name: string; help: string; labelNames: L[] } {
  // The keys are L by the type of `labels`.
  return { name: metricName(metric), help: metric.help, labelNames: Object.keys(metric.labels ?? {}) as L[] };
}
