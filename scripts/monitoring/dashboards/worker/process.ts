import type { Section } from "../panel.ts";
import { OF, RATE } from "./selected.ts";

/** What each of its processes costs. */
export const processes: Section = {
  title: "The process",
  panels: [
    {
      title: "How much CPU does it use?",
      help: "1: one core.",
      ...{ shows: "lines", unit: "short", width: 6 },
      queries: [
        {
          expr: `sum by (instance) (rate(process_cpu_seconds_total{${OF}}[${RATE}]))`,
          legend: "{{instance}}",
        },
      ],
    },
    {
      title: "How much memory?",
      ...{ shows: "lines", unit: "bytes", width: 6 },
      queries: [{ expr: `sum by (instance) (process_resident_memory_bytes{${OF}})`, legend: "{{instance}}" }],
    },
    {
      title: "How long does its event loop stand still?",
      ...{ shows: "lines", unit: "s", width: 6 },
      queries: [
        {
          expr: `max by (instance) (nodejs_eventloop_lag_p99_seconds{${OF}})`,
          legend: "{{instance}} p99",
        },
      ],
    },
    {
      title: "How long has it been running?",
      ...{ shows: "now", unit: "s", width: 6, alert: "WorkerRestarts" },
      queries: [
        {
          expr: `time() - max by (instance) (process_start_time_seconds{${OF}})`,
          legend: "{{instance}}",
        },
      ],
    },
    {
      title: "How often is a schema's resolver at hand?",
      ...{ shows: "lines", unit: "percentunit", width: 12 },
      queries: [
        {
          expr:
            `sum(rate(boxoffice_codec_cache_total{${OF}, result="hit"}[${RATE}]))` +
            ` / sum(rate(boxoffice_codec_cache_total{${OF}}[${RATE}]))`,
          legend: "hits",
        },
      ],
    },
    {
      title: "Which build is it?",
      ...{ shows: "now", unit: "short", width: 12 },
      queries: [
        {
          expr: `count by (version, commit, node) (boxoffice_build_info{${OF}})`,
          legend: "{{version}} {{commit}}, Node {{node}}",
        },
      ],
    },
  ],
};
