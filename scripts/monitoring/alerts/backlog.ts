import { type Alerts, HOUR, MINUTE } from "../alert.ts";
import { LATENESS_P99 } from "../recordings.ts";

/** Records that wait longer than they should. */
export const backlogAlerts: Alerts = ({ seconds, span }) => [
  {
    name: "DrainsTooSlowly",
    severity: "critical",
    // +Inf when nothing moves at all, which is above any limit.
    expr: `max by (worker, topic) (boxoffice_drain_seconds) > ${seconds(15 * MINUTE)}`,
    forSeconds: 10 * MINUTE,
    summary:
      "{{ $labels.worker }} would need {{ $value | humanizeDuration }} to catch up on {{ $labels.topic }}",
    description:
      "At the pace of the last minute, {{ $labels.worker }} needs {{ $value | humanizeDuration }} for what lies before" +
      " it in {{ $labels.topic }} (+Inf: nothing moves). Holds of seats end after ten minutes.",
  },
  {
    name: "OldestParkedTooOld",
    severity: "warning",
    // The longest declared ladder is through in 11 minutes 11 seconds.
    expr: `max by (worker, topic) (boxoffice_oldest_parked_seconds) > ${seconds(HOUR / 2)}`,
    summary:
      "A record of {{ $labels.topic }} has been retried by {{ $labels.worker }} for {{ $value | humanizeDuration }}",
    description:
      "The oldest record in {{ $labels.worker }}'s retry topics of {{ $labels.topic }} failed first" +
      " {{ $value | humanizeDuration }} ago, longer than its whole ladder takes. Later records of its key wait behind it.",
  },
  {
    name: "RetriesLate",
    severity: "warning",
    // After an outage everything is overdue, and known to be: the breaker's alert has told.
    expr:
      `${LATENESS_P99} > 1 unless on (worker)` +
      ` max by (worker) (max_over_time(boxoffice_breaker_open[${span(15 * MINUTE)}])) > 0`,
    forSeconds: 5 * MINUTE,
    summary: "Retries of {{ $labels.worker }} start {{ $value | humanizeDuration }} after they are due",
    description:
      "One in a hundred retries of {{ $labels.worker }} starts {{ $value | humanizeDuration }} or more after it is due;" +
      " 60 ms are promised. The process gets too little CPU, or its concurrency is used up.",
  },
];
