import { type Alerts, MINUTE } from "../alert.ts";
import { ANSWER_P99, REFUSED } from "../recordings.ts";

/** What the people at the other end of HTTP notice. */
export const serviceAlerts: Alerts = ({ span }) => [
  {
    name: "IntakeRefuses",
    severity: "critical",
    // At three in the morning one failed request of ten is no reason to wake anybody.
    expr:
      `${REFUSED}{worker="intake"} > 0.05 and on (worker)` +
      ` sum by (worker) (increase(boxoffice_http_requests_total{status=~"5.."}[${span(5 * MINUTE)}])) >= 5`,
    forSeconds: 2 * MINUTE,
    summary: "Intake turns away {{ $value | humanizePercentage }} of its requests",
    description:
      "{{ $value | humanizePercentage }} of the requests to intake, five at least, are answered with 5xx. 503: it can't hold seats or can't" +
      " publish, and says when to try again; 500: a bug.",
  },
  {
    name: "IntakeSlow",
    severity: "warning",
    expr: `${ANSWER_P99}{worker="intake"} > 1`,
    forSeconds: 5 * MINUTE,
    summary: "One in a hundred requests for seats takes {{ $value | humanizeDuration }}",
    description:
      "99 % of the requests for seats are answered within {{ $value | humanizeDuration }}; a few milliseconds are normal." +
      " Intake answers when its record is published: the brokers or Redis are slow, or intake is short of CPU.",
  },
];
