import type { Section } from "../panel.ts";
import { OF, RATE } from "./selected.ts";

/** Its group, its transactions, what it calls. */
export const kafka: Section = {
  title: "Kafka and dependencies",
  panels: [
    {
      title: "How do its transactions end?",
      ...{ shows: "lines", unit: "cps", alert: "TransactionsFail" },
      queries: [
        {
          expr: `sum by (result) (rate(boxoffice_transactions_total{${OF}}[${RATE}]))`,
          legend: "{{result}}",
        },
      ],
    },
    {
      title: "How long does a transaction take?",
      ...{ shows: "lines", unit: "s" },
      queries: [0.5, 0.99].map((q) => ({
        expr: `histogram_quantile(${q}, sum by (le) (rate(boxoffice_transaction_seconds_bucket{${OF}}[${RATE}])))`,
        legend: `p${q * 100}`,
      })),
    },
    {
      title: "Which partitions does each process run?",
      ...{ shows: "lines", unit: "short" },
      queries: [
        { expr: `sum by (instance) (boxoffice_open_partitions{${OF}})`, legend: "{{instance}} runs" },
        {
          expr: `sum by (instance) (boxoffice_halted_partitions{${OF}})`,
          legend: "{{instance}} has halted",
        },
      ],
    },
    {
      title: "How often does its group join?",
      ...{ shows: "lines", unit: "opm", alert: "RebalancesWithoutEnd" },
      queries: [
        {
          expr: `60 * sum by (instance) (rate(boxoffice_rebalances_total{${OF}}[${RATE}]))`,
          legend: "{{instance}}",
        },
      ],
    },
    {
      title: "Is a dependency down?",
      help: "1: the breaker is open; 0.5: one record at a time is tried.",
      ...{ shows: "lines", unit: "short", limit: 0.5, alert: "BreakerOpen" },
      queries: [
        {
          expr: `max by (instance, dependency) (boxoffice_breaker_open{${OF}})`,
          legend: "{{instance}}: {{dependency}}",
        },
      ],
    },
    {
      title: "How far is its clock off?",
      ...{ shows: "lines", unit: "s", limit: 0.5, alert: "ClockSkewed" },
      queries: [
        { expr: `max by (instance) (abs(boxoffice_clock_skew_seconds{${OF}}))`, legend: "{{instance}}" },
      ],
    },
  ],
};
