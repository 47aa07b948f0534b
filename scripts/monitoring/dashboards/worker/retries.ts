import type { Section } from "../panel.ts";
import { OF, quantile, RATE } from "./selected.ts";

/** What failed and waits, and the keys behind it. */
export const retries: Section = {
  title: "Retries and order",
  panels: [
    {
      title: "How many records wait in retry topics?",
      ...{ shows: "lines", unit: "short" },
      queries: [
        {
          expr: `sum by (topic, partition) (boxoffice_outstanding_records{${OF}})`,
          legend: "{{topic}} {{partition}}",
        },
      ],
    },
    {
      title: "How many keys do they hold up?",
      ...{ shows: "lines", unit: "short" },
      queries: [
        {
          expr: `sum by (topic, partition) (boxoffice_parked_keys{${OF}})`,
          legend: "{{topic}} {{partition}}",
        },
      ],
    },
    {
      title: "How many are due and not started?",
      ...{ shows: "lines", unit: "short" },
      queries: [
        {
          expr: `sum by (topic, partition) (boxoffice_overdue_records{${OF}})`,
          legend: "{{topic}} {{partition}}",
        },
      ],
    },
    {
      title: "How long has the oldest been failing?",
      ...{ shows: "lines", unit: "s", limit: 1800, alert: "OldestParkedTooOld" },
      queries: [
        {
          expr: `max by (topic, partition) (boxoffice_oldest_parked_seconds{${OF}})`,
          legend: "{{topic}} {{partition}}",
        },
      ],
    },
    {
      title: "How late do retries start?",
      ...{ shows: "lines", unit: "s", limit: 1, alert: "RetriesLate" },
      queries: [quantile(0.5, "retry_lateness_seconds"), quantile(0.99, "retry_lateness_seconds")],
    },
    {
      title: "What dies of what?",
      ...{ shows: "lines", unit: "opm", alert: "DeadLetterRate" },
      queries: [
        {
          expr: `60 * sum by (topic, stage, error) (rate(boxoffice_dead_letters_total{${OF}}[${RATE}]))`,
          legend: "{{topic}} {{stage}}: {{error}}",
        },
      ],
    },
  ],
};
