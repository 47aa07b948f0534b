/** Grafana's window for rates, as wide as a pixel and never too narrow for the scrape interval. */
export const RATE = "$__rate_interval";
/** The workers that were chosen. */
export const OF = 'worker=~"$worker"';
