import { type Alerts, MINUTE, MONEY } from "../alert.ts";
import { DEAD_RATIO } from "../recordings.ts";

/** Which share of its retention the oldest open letter of a queue has used up; replicas of the replayer say the same. */
const USED_UP = "max by (dlq) (boxoffice_dlq_oldest_letter_seconds / boxoffice_dlq_retention_seconds)";

/** Letters and their replays. */
export const deadLetterAlerts: Alerts = ({ seconds, span }) => [
  {
    name: "DeadLetterRate",
    severity: "warning",
    // Counted by outcome, whose series begin at 0: one that first appears with 50 would have no increase.
    expr:
      `${DEAD_RATIO} > 0.01 and on (worker)` +
      ` sum by (worker) (increase(boxoffice_records_total{outcome="dead letter"}[${span(10 * MINUTE)}])) >= 5`,
    summary: "{{ $value | humanizePercentage }} of {{ $labels.worker }}'s records end as dead letters",
    description:
      "In the last ten minutes {{ $value | humanizePercentage }} of the records that {{ $labels.worker }} was done with" +
      " became dead letters, at least five of them.",
  },
  {
    name: "MoneyLetterOpen",
    severity: "warning",
    expr: `max by (dlq) (boxoffice_dlq_open_letters{dlq=~".+[.](${MONEY})[.]dlq"}) > 0`,
    forSeconds: 15 * MINUTE,
    summary: "{{ $value }} dead letters in {{ $labels.dlq }} may hold somebody's money",
    description:
      "{{ $value }} letters are open in {{ $labels.dlq }}: each may be a charge, a refund or a sale that nobody has" +
      " decided. A captured payment must end in one standing reservation or one refund.",
  },
  {
    name: "DeadLetterAging",
    severity: "warning",
    expr: `${USED_UP} > 0.5`,
    forSeconds: 5 * MINUTE,
    summary:
      "The oldest letter of {{ $labels.dlq }} has used up {{ $value | humanizePercentage }} of its retention",
    description:
      "The oldest open letter of {{ $labels.dlq }} is {{ $value | humanizePercentage }} of the way to being deleted by" +
      " Kafka. Then it can be neither replayed nor read.",
  },
  {
    name: "DeadLetterExpiring",
    severity: "critical",
    expr: `${USED_UP} > 0.9`,
    forSeconds: 5 * MINUTE,
    summary:
      "Kafka is about to delete letters of {{ $labels.dlq }} ({{ $value | humanizePercentage }} of retention)",
    description:
      "The oldest open letter of {{ $labels.dlq }} has used up {{ $value | humanizePercentage }} of its queue's retention:" +
      " export it or act on it now.",
  },
  {
    name: "ReplayStalled",
    severity: "warning",
    // A letter that fails again waits out its ladder, 11 minutes 11 seconds at most, before it has its outcome.
    expr: `max by (worker) (boxoffice_replay_stalled_seconds) > ${seconds(20 * MINUTE)}`,
    summary: "A replay has not moved for {{ $value | humanizeDuration }}",
    description:
      "A replay that runs and isn't paused has neither sent a letter nor heard of an outcome for" +
      " {{ $value | humanizeDuration }}: the worker that its letters went to doesn't take them.",
  },
];
