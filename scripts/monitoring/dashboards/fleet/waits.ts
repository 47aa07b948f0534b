import { LATENESS_P99 } from "../../recordings.ts";
import type { Section } from "../panel.ts";
import { OF } from "./selected.ts";

/** Records and retries that wait for their turn. */
export const waits: Section = {
  title: "What waits",
  panels: [
    {
      title: "How long until each worker has caught up?",
      ...{ shows: "lines", unit: "s", limit: 900, alert: "DrainsTooSlowly" },
      queries: [
        {
          expr: `max by (worker, topic) (boxoffice_drain_seconds{${OF}})`,
          legend: "{{worker}} of {{topic}}",
        },
      ],
    },
    {
      title: "How far behind is each worker?",
      ...{ shows: "lines", unit: "short" },
      queries: [{ expr: `sum by (worker, topic) (boxoffice_lag{${OF}})`, legend: "{{worker}} of {{topic}}" }],
    },
    {
      title: "How full are the workers?",
      help: "Handlers running, of those that may run at once; the fullest process.",
      ...{ shows: "lines", unit: "percentunit" },
      queries: [
        {
          expr: `max by (worker) (boxoffice_in_flight{${OF}} / (boxoffice_concurrency_limit{${OF}} > 0))`,
          legend: "{{worker}}",
        },
      ],
    },
    {
      title: "How many records wait for a retry?",
      ...{ shows: "lines", unit: "short" },
      queries: [
        {
          expr: `sum by (worker, topic) (boxoffice_outstanding_records{${OF}})`,
          legend: "{{worker}} of {{topic}}",
        },
      ],
    },
    {
      title: "How long has the oldest of them been failing?",
      ...{ shows: "lines", unit: "s", limit: 1800, alert: "OldestParkedTooOld" },
      queries: [
        {
          expr: `max by (worker, topic) (boxoffice_oldest_parked_seconds{${OF}})`,
          legend: "{{worker}} of {{topic}}",
        },
      ],
    },
    {
      title: "How late do retries start?",
      help: "99 %, after they were due.",
      ...{ shows: "lines", unit: "s", limit: 1, alert: "RetriesLate" },
      queries: [{ expr: `${LATENESS_P99}{${OF}}`, legend: "{{worker}}" }],
    },
  ],
};
