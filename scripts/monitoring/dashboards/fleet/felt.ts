import { ANSWER_P99, REFUSED } from "../../recordings.ts";
import type { Section } from "../panel.ts";
import { OF, RATE } from "./selected.ts";

/** What the people at the other end notice. */
export const felt: Section = {
  title: "What customers feel",
  panels: [
    {
      title: "Are seats on sale?",
      help: "1: the seat map is open; 0: intake answers 503 and nothing is settled.",
      ...{ shows: "now", unit: "short", width: 4, limit: 1, lowIsBad: true, alert: "SeatMapClosed" },
      queries: [{ expr: "min(boxoffice_seat_map_open)", legend: "open" }],
    },
    {
      title: "How many requests come in?",
      ...{ shows: "lines", unit: "reqps", width: 6 },
      queries: [
        {
          expr: `sum by (method, status) (rate(boxoffice_http_requests_total{worker="intake"}[${RATE}]))`,
          legend: "{{method}} {{status}}",
        },
      ],
    },
    {
      title: "What share does intake turn away?",
      ...{ shows: "lines", unit: "percentunit", width: 6, limit: 0.05, alert: "IntakeRefuses" },
      queries: [{ expr: `${REFUSED}{worker="intake"} or vector(0)`, legend: "5xx" }],
    },
    {
      title: "How long does the answer take?",
      ...{ shows: "lines", unit: "s", limit: 1, alert: "IntakeSlow" },
      queries: [
        { expr: `${ANSWER_P99}{worker="intake"}`, legend: "p99" },
        {
          expr: `histogram_quantile(0.5, sum by (le) (rate(boxoffice_http_request_seconds_bucket{worker="intake", method="POST"}[${RATE}])))`,
          legend: "p50",
        },
      ],
    },
    {
      title: "How long from a record's birth until a worker is done with it?",
      help: "99 %, waiting and retries included.",
      ...{ shows: "lines", unit: "s", width: 12 },
      queries: [
        {
          expr: `histogram_quantile(0.99, sum by (worker, topic, le) (rate(boxoffice_end_to_end_seconds_bucket{${OF}}[${RATE}])))`,
          legend: "{{worker}} of {{topic}}",
        },
      ],
    },
    {
      title: "How many records are done?",
      ...{ shows: "lines", unit: "recordsps", width: 12 },
      queries: [
        {
          expr: `sum by (worker) (rate(boxoffice_records_total{${OF}, outcome="done"}[${RATE}]))`,
          legend: "{{worker}}",
        },
      ],
    },
  ],
};
