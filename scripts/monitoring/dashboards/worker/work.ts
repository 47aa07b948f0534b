import type { Section } from "../panel.ts";
import { OF, quantile, RATE } from "./selected.ts";

/** What it does, how fast, and how far behind it is. */
export const work: Section = {
  title: "Work",
  panels: [
    {
      title: "What becomes of its records?",
      ...{ shows: "lines", unit: "recordsps" },
      queries: [
        {
          expr: `sum by (outcome) (rate(boxoffice_records_total{${OF}}[${RATE}]))`,
          legend: "{{outcome}}",
        },
      ],
    },
    {
      title: "How long does its handler take?",
      ...{ shows: "lines", unit: "s" },
      queries: [quantile(0.5, "handler_seconds"), quantile(0.99, "handler_seconds")],
    },
    {
      title: "How long from a record's birth until it is done?",
      ...{ shows: "lines", unit: "s" },
      queries: [quantile(0.5, "end_to_end_seconds"), quantile(0.99, "end_to_end_seconds")],
    },
    {
      title: "How many handlers run, of those that may?",
      ...{ shows: "lines", unit: "short" },
      queries: [
        { expr: `sum by (instance) (boxoffice_in_flight{${OF}})`, legend: "{{instance}}" },
        { expr: `max(boxoffice_concurrency_limit{${OF}})`, legend: "limit of a process" },
      ],
    },
    {
      title: "How long until it has caught up?",
      ...{ shows: "lines", unit: "s", limit: 900, alert: "DrainsTooSlowly" },
      queries: [{ expr: `max by (topic) (boxoffice_drain_seconds{${OF}})`, legend: "{{topic}}" }],
    },
    {
      title: "How far behind is each partition?",
      ...{ shows: "lines", unit: "short" },
      queries: [
        { expr: `sum by (topic, partition) (boxoffice_lag{${OF}})`, legend: "{{topic}} {{partition}}" },
      ],
    },
  ],
};
