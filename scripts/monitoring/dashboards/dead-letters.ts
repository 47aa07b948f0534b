import type { Dashboard } from "./dashboard.ts";

const RATE = "$__rate_interval";
const OF = 'worker=~"$worker"';
const DLQ = 'dlq=~".+[.]($worker)[.]dlq"';

export const deadLetters: Dashboard = {
  name: "dead-letters",
  title: "dead letters",
  description: "What died and of what, what is still open and for how long, and the replays under way.",
  choices: [
    {
      name: "worker",
      label: "Worker that failed",
      values: { of: "boxoffice_build_info", label: "worker" },
      many: true,
    },
  ],
  sections: [
    {
      title: "What lies there",
      panels: [
        {
          title: "How many letters are open?",
          // Replicas of the replayer say the same: max, not sum.
          ...{ shows: "lines", unit: "short", alert: "MoneyLetterOpen" },
          queries: [{ expr: `max by (dlq) (boxoffice_dlq_open_letters{${DLQ}})`, legend: "{{dlq}}" }],
        },
        {
          title: "How long has the oldest been open?",
          ...{ shows: "lines", unit: "s" },
          queries: [
            { expr: `max by (dlq) (boxoffice_dlq_oldest_letter_seconds{${DLQ}})`, legend: "{{dlq}}" },
          ],
        },
        {
          title: "How close is it to being deleted?",
          help: "Its age as a share of its queue's retention; at 1 Kafka may delete it.",
          ...{ shows: "lines", unit: "percentunit", limit: 0.9, alert: "DeadLetterExpiring" },
          queries: [
            {
              expr: `max by (dlq) (boxoffice_dlq_oldest_letter_seconds{${DLQ}} / boxoffice_dlq_retention_seconds{${DLQ}})`,
              legend: "{{dlq}}",
            },
          ],
        },
      ],
    },
    {
      title: "What dies",
      panels: [
        {
          title: "Who makes them?",
          ...{ shows: "lines", unit: "opm", alert: "DeadLetterRate" },
          queries: [
            {
              expr: `60 * sum by (worker, topic) (rate(boxoffice_records_total{${OF}, outcome="dead letter"}[${RATE}]))`,
              legend: "{{worker}} of {{topic}}",
            },
          ],
        },
        {
          title: "Of what?",
          ...{ shows: "lines", unit: "opm" },
          queries: [
            {
              expr: `60 * sum by (stage, error) (rate(boxoffice_dead_letters_total{${OF}}[${RATE}]))`,
              legend: "{{stage}}: {{error}}",
            },
          ],
        },
        {
          title: "Which ten failures are the most?",
          help: "By fingerprint, as `boxoffice dlq groups` has them; since the processes began.",
          ...{ shows: "lines", unit: "short" },
          queries: [
            {
              expr: `topk(10, sum by (worker, fingerprint) (boxoffice_dead_letters_total{${OF}}))`,
              legend: "{{worker}} {{fingerprint}}",
            },
          ],
        },
      ],
    },
    {
      title: "Replays",
      panels: [
        {
          title: "Which replays are there?",
          ...{ shows: "lines", unit: "short", width: 6 },
          queries: [{ expr: "max by (state) (boxoffice_replay_jobs)", legend: "{{state}}" }],
        },
        {
          title: "What becomes of their letters?",
          ...{ shows: "lines", unit: "cps", width: 6 },
          queries: [
            {
              expr: `sum by (result) (rate(boxoffice_replay_letters_total[${RATE}]))`,
              legend: "{{result}}",
            },
          ],
        },
        {
          title: "How many are sent and have no outcome?",
          ...{ shows: "lines", unit: "short", width: 6 },
          queries: [{ expr: "sum(boxoffice_replay_under_way)", legend: "under way" }],
        },
        {
          title: "How long has a replay stood still?",
          ...{ shows: "lines", unit: "s", width: 6, limit: 1200, alert: "ReplayStalled" },
          queries: [{ expr: "max(boxoffice_replay_stalled_seconds)", legend: "longest" }],
        },
      ],
    },
  ],
};
