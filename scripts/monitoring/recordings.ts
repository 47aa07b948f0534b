import { MINUTE, type Recording } from "./alert.ts";
import type { Pace } from "./pace.ts";

/** Of requests to intake, the share that it answered with 5xx. */
export const REFUSED = "boxoffice:http_requests:refused_ratio";
/** Seconds within which 99 % of requests for seats were answered, by worker. */
export const ANSWER_P99 = "boxoffice:http_request_seconds:p99";
/** Seconds from due within which 99 % of retries started, by worker. */
export const LATENESS_P99 = "boxoffice:retry_lateness_seconds:p99";
/** Of the records that a worker was done with, the share that ended as a dead letter. */
export const DEAD_RATIO = "boxoffice:records:dead_letter_ratio";
/** Of a worker's transactions, the share that did not commit. */
export const UNCOMMITTED_RATIO = "boxoffice:transactions:uncommitted_ratio";

/** Rates and quantiles that alerts and panels share, so that both show the same number. */
export function recordings({ span }: Pace): readonly Recording[] {
  const recent = span(5 * MINUTE);
  const longer = span(10 * MINUTE);
  const p99 = (buckets: string, window: string) =>
    `histogram_quantile(0.99, sum by (worker, le) (rate(${buckets}[${window}])))`;
  return [
    {
      record: REFUSED,
      expr:
        `sum by (worker) (rate(boxoffice_http_requests_total{status=~"5.."}[${recent}]))` +
        ` / sum by (worker) (rate(boxoffice_http_requests_total[${recent}]))`,
    },
    { record: ANSWER_P99, expr: p99('boxoffice_http_request_seconds_bucket{method="POST"}', recent) },
    { record: LATENESS_P99, expr: p99("boxoffice_retry_lateness_seconds_bucket", longer) },
    {
      record: DEAD_RATIO,
      expr:
        `sum by (worker) (rate(boxoffice_records_total{outcome="dead letter"}[${longer}]))` +
        ` / sum by (worker) (rate(boxoffice_records_total{outcome=~"done|dead letter"}[${longer}]))`,
    },
    {
      record: UNCOMMITTED_RATIO,
      expr:
        `sum by (worker) (rate(boxoffice_transactions_total{result!="committed"}[${longer}]))` +
        ` / sum by (worker) (rate(boxoffice_transactions_total[${longer}]))`,
    },
  ];
}
