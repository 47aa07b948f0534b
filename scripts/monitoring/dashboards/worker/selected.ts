/** Grafana's window for rates, as wide as a pixel and never too narrow for the scrape interval. */
export const RATE = "$__rate_interval";
/** The worker and the processes that were chosen. */
export const OF = 'worker="$worker", instance=~"$instance"';

/** A quantile of one of our histograms of times, in one line a topic. */
export function quantile(q: number, name: string) {
  return {
    expr: `histogram_quantile(${q}, sum by (topic, le) (rate(boxoffice_${name}_bucket{${OF}}[${RATE}])))`,
    legend: `p${q * 100} {{topic}}`,
  };
}
