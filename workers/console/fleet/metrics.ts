/** What a worker's processes say of themselves, summed up. */
export interface WorkerMetrics {
  readonly processes: number;
  readonly parkedKeys: number;
  /** 0 closed, 0.5 half-open, 1 open; the worst of its processes. */
  readonly breaker: number;
  readonly haltedPartitions: number;
  readonly inFlight: number;
}

export interface MetricsRead {
  readonly byWorker: ReadonlyMap<string, WorkerMetrics>;
  /** URLs that did not answer. */
  readonly silent: readonly string[];
}

const PATIENCE_MS = 2_000;
/** A worker's text is some ten kB. */
const MAX_CHARACTERS = 5_000_000;

export async function readMetrics(urls: readonly string[], signal: AbortSignal): Promise<MetricsRead> {
  const byWorker = new Map<string, WorkerMetrics>();
  const silent: string[] = [];
  await Promise.all(
    urls.map(async (url) => {
      const said = await ask(url, signal);
      if (said === undefined) return void silent.push(url);
      const before = byWorker.get(said.worker);
      byWorker.set(said.worker, before ? summed(before, said.metrics) : said.metrics);
    }),
  );
  return { byWorker, silent: silent.sort() };
}

async function ask(url: string, signal: AbortSignal) {
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const response = await fetch(`${url}/metrics`, { signal: patience, redirect: "error" });
    const text = await response.text();
    return response.ok && text.length <= MAX_CHARACTERS ? metricsOf(text) : undefined;
  } catch {
    return undefined;
  }
}

function summed(a: WorkerMetrics, b: WorkerMetrics): WorkerMetrics {
  return {
    processes: a.processes + b.processes,
    parkedKeys: a.parkedKeys + b.parkedKeys,
    breaker: Math.max(a.breaker, b.breaker),
    haltedPartitions: a.haltedPartitions + b.haltedPartitions,
    inFlight: a.inFlight + b.inFlight,
  };
}

/** Of one process's text in Prometheus' format; undefined when it is no worker's. */
export function metricsOf(
  text: string,
): { readonly worker: string; readonly metrics: WorkerMetrics } | undefined {
  const sums = new Map<string, number>();
  let worker: string | undefined;
  for (const line of text.split("\n")) {
    const [, name, labels, value] = /^boxoffice_(\w+)(?:\{(.*)\})? ([-+.\deE]+)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    worker ??= /(?:^|,)worker="([^"]*)"/.exec(labels ?? "")?.[1];
    sums.set(name, (sums.get(name) ?? 0) + Number(value));
  }
  if (worker === undefined) return undefined;
  const of = (name: string) => sums.get(name) ?? 0;
  return {
    worker,
    metrics: {
      processes: 1,
      parkedKeys: of("parked_keys"),
      breaker: Math.min(1, of("breaker_open")),
      haltedPartitions: of("halted_partitions"),
      inFlight: of("in_flight"),
    },
  };
}
