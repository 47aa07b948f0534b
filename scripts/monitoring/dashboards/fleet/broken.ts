import { DEAD_RATIO, UNCOMMITTED_RATIO } from "../../recordings.ts";
import type { Section } from "../panel.ts";
import { OF, RATE } from "./selected.ts";

/** What needs somebody. */
export const broken: Section = {
  title: "What is broken",
  panels: [
    {
      title: "Which workers run?",
      ...{ shows: "now", unit: "short", width: 12, alert: "WorkerMissing" },
      queries: [{ expr: `count by (worker) (boxoffice_build_info{${OF}})`, legend: "{{worker}}" }],
    },
    {
      title: "Which versions?",
      ...{ shows: "now", unit: "short", width: 12 },
      queries: [
        {
          expr: `count by (version, commit, node) (boxoffice_build_info{${OF}})`,
          legend: "{{version}} {{commit}}, Node {{node}}",
        },
      ],
    },
    {
      title: "Who waits for a dependency?",
      help: "1: the breaker is open; 0.5: one record at a time is tried.",
      ...{ shows: "lines", unit: "short", limit: 0.5, alert: "BreakerOpen" },
      queries: [
        {
          expr: `max by (worker, dependency) (boxoffice_breaker_open{${OF}})`,
          legend: "{{worker}}: {{dependency}}",
        },
      ],
    },
    {
      title: "Which partitions are halted?",
      ...{ shows: "lines", unit: "short", limit: 1, alert: "PartitionHalted" },
      queries: [
        {
          expr: `sum by (worker, topic) (boxoffice_halted_partitions{${OF}})`,
          legend: "{{worker}} of {{topic}}",
        },
      ],
    },
    {
      title: "What share of records dies?",
      ...{ shows: "lines", unit: "percentunit", limit: 0.01, alert: "DeadLetterRate" },
      queries: [{ expr: `${DEAD_RATIO}{${OF}}`, legend: "{{worker}}" }],
    },
    {
      title: "What share of transactions doesn't commit?",
      ...{ shows: "lines", unit: "percentunit", limit: 0.05, alert: "TransactionsFail" },
      queries: [{ expr: `${UNCOMMITTED_RATIO}{${OF}}`, legend: "{{worker}}" }],
    },
    {
      title: "How often do groups join?",
      ...{ shows: "lines", unit: "opm", alert: "RebalancesWithoutEnd" },
      queries: [
        {
          expr: `60 * sum by (worker) (rate(boxoffice_rebalances_total{${OF}}[${RATE}]))`,
          legend: "{{worker}}",
        },
      ],
    },
    {
      title: "Whose clock is off?",
      ...{ shows: "lines", unit: "s", limit: 0.5, alert: "ClockSkewed" },
      queries: [
        {
          expr: `max by (worker, instance) (abs(boxoffice_clock_skew_seconds{${OF}}))`,
          legend: "{{worker}} at {{instance}}",
        },
      ],
    },
  ],
};
