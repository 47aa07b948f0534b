import { type Alerts, MINUTE, MONEY } from "../alert.ts";
import { UNCOMMITTED_RATIO } from "../recordings.ts";

const BREAKER = {
  name: "BreakerOpen",
  summary: "{{ $labels.worker }} waits for a dependency that is down",
  description:
    "{{ $labels.worker }}'s breaker is open (1) or tries one record at a time (0.5): {{ $value }}. Something that it calls" +
    " is down for everybody; records wait, none is lost, no attempt is used.",
} as const;

/** Dependencies that are away, and what the fleet does meanwhile. */
export const outageAlerts: Alerts = ({ span }) => [
  {
    ...BREAKER,
    severity: "critical",
    expr: `max by (worker, dependency) (boxoffice_breaker_open{worker=~"${MONEY}"}) > 0`,
    forSeconds: 3 * MINUTE,
  },
  {
    ...BREAKER,
    severity: "warning",
    expr: `max by (worker, dependency) (boxoffice_breaker_open{worker!~"${MONEY}"}) > 0`,
    forSeconds: 5 * MINUTE,
  },
  {
    name: "PartitionHalted",
    severity: "critical",
    expr: "sum by (worker, topic) (boxoffice_halted_partitions) > 0",
    forSeconds: MINUTE,
    summary: "{{ $labels.worker }} halted {{ $value }} partition(s) of {{ $labels.topic }}",
    description:
      "{{ $labels.worker }} can't read the schema that somebody writes to {{ $labels.topic }}, and has halted {{ $value }}" +
      " partition(s) rather than make a dead letter of every record. It looks again each minute.",
  },
  {
    name: "SeatMapClosed",
    severity: "critical",
    expr: "min by (worker) (boxoffice_seat_map_open) < 1",
    forSeconds: MINUTE,
    summary: "The seat map is closed for {{ $labels.worker }}: no seat can be sold",
    description:
      "{{ $labels.worker }} finds no open seat map in Redis (open: {{ $value }}): Redis is away, or the map is being" +
      " rebuilt from the log. Intake answers 503, settlement and expiry wait.",
  },
  {
    name: "TransactionsFail",
    severity: "warning",
    expr:
      `${UNCOMMITTED_RATIO} > 0.05 and on (worker)` +
      ` sum by (worker) (increase(boxoffice_transactions_total{result!="committed"}[${span(10 * MINUTE)}])) >= 5`,
    summary: "{{ $value | humanizePercentage }} of {{ $labels.worker }}'s transactions don't commit",
    description:
      "{{ $value | humanizePercentage }} of {{ $labels.worker }}'s transactions of the last ten minutes were fenced, aborted" +
      " or ended unknown. What they held is written again or handled again; it costs time.",
  },
];
