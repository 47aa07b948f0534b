import { type Alert, HOUR, MINUTE } from "../alert.ts";
import type { Pace } from "../pace.ts";

/** Processes that are away, come and go, or tell a wrong time. One that is gone altogether is missed by its name. */
export function workerAlerts({ span }: Pace, workers: readonly string[]): readonly Alert[] {
  return [
    {
      name: "WorkerMissing",
      severity: "critical",
      expr: workers.map((name) => `absent(boxoffice_build_info{worker="${name}"})`).join(" or "),
      forSeconds: 2 * MINUTE,
      summary: "No {{ $labels.worker }} runs",
      description:
        "Prometheus hears of no {{ $labels.worker }} at all, which is declared and must run: no process of it is there, or" +
        " none is scraped.",
    },
    {
      name: "WorkerDown",
      severity: "warning",
      // Whatever the scrape job is called: ours is what served build_info before.
      expr:
        "(up == 0) * on (job, instance) group_right ()" +
        ` max by (job, instance, worker) (max_over_time(boxoffice_build_info[${span(HOUR)}])) == 0`,
      forSeconds: 2 * MINUTE,
      summary: "{{ $labels.instance }} of {{ $labels.worker }} doesn't answer",
      description:
        "Prometheus can't scrape {{ $labels.instance }} (up: {{ $value }}), which was a {{ $labels.worker }} within the last" +
        " hour: the process hangs, or the network to it is cut.",
    },
    {
      name: "WorkerRestarts",
      severity: "warning",
      expr:
        `sum by (worker) (changes(process_start_time_seconds[${span(HOUR / 2)}])` +
        ` and on (job, instance) last_over_time(boxoffice_build_info[${span(HOUR / 2)}])) > 1`,
      summary: "{{ $labels.worker }} was restarted {{ $value }} times in half an hour",
      description:
        "Processes of {{ $labels.worker }} began anew {{ $value }} times within half an hour: it crashes at what it starts" +
        " with, is killed for memory, or its liveness probe ends it.",
    },
    {
      name: "RebalancesWithoutEnd",
      severity: "warning",
      // A rollout is a join a pod and over in minutes; this lasts.
      expr: `max by (worker) (increase(boxoffice_rebalances_total[${span(15 * MINUTE)}])) > 4`,
      forSeconds: 30 * MINUTE,
      summary:
        "{{ $labels.worker }}'s group has joined {{ $value | humanize }} times in a quarter of an hour",
      description:
        "Members of {{ $labels.worker }} joined {{ $value | humanize }} times in the last 15 minutes and have been doing so for" +
        " half an hour. While a group joins nobody in it works.",
    },
    {
      name: "ClockSkewed",
      severity: "warning",
      // Measured at retries, and 0 a minute after one: a worker that retries now and then would never be told of.
      expr:
        `max by (worker, instance) (max_over_time(boxoffice_clock_skew_seconds[${span(HOUR / 4)}]) > 0.5` +
        ` or abs(min_over_time(boxoffice_clock_skew_seconds[${span(HOUR / 4)}])) > 0.5)`,
      forSeconds: 5 * MINUTE,
      summary: "The clock of {{ $labels.instance }} is {{ $value | humanizeDuration }} off",
      description:
        "The clock of {{ $labels.worker }} at {{ $labels.instance }} and the brokers' differ by {{ $value | humanizeDuration }}:" +
        " its retries run that much too early or too late, and deadlines of holds are judged wrongly.",
    },
  ];
}
