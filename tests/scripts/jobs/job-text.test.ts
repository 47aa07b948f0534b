import t from "tap";
import { endOf, hasEnded, jobLine, jobText } from "../../../scripts/jobs/job-text.ts";
import { jobsText } from "../../../scripts/jobs/list.ts";
import { resultsText } from "../../../scripts/jobs/results.ts";
import type { JobResult } from "../../../workers/_letters/replay-job.ts";
import { job, LETTER, NOW } from "../dlq/samples.ts";

t.test("endOf() is 0 only when every letter has the outcome one wants", async (t) => {
  t.equal(endOf(job()), 0);
  t.equal(endOf(job({ processed: 0 })), 0, "sent to the source: nothing more is heard of them");
  for (const more of [
    { deadAgain: 1 },
    { skipped: 1, sent: 39_999 },
    { underWay: 1 },
    { sent: 39_999 },
    { phase: "stopped" },
    { phase: "cancelled" },
    { phase: "paused" },
    { phase: "awaiting" },
  ] as const)
    t.equal(endOf(job(more)), 1, JSON.stringify(more));
  t.notOk(hasEnded(job({ phase: "awaiting" })), "sent is not processed");
});

t.test("jobText() shows counts, limits and what to do next", async (t) => {
  const running = jobText(
    job({
      phase: "sending",
      endedAt: undefined,
      sent: 120,
      speed: 499.6,
      allowed: 500,
      rate: 500,
      note: "lag",
    }),
    NOW,
    " --remote u",
  );
  t.match(running, /phase +sending, started 1 min ago/);
  t.match(running, /40000: 120 sent, 39880 not yet, 0 skipped/);
  t.match(running, /canary 10, at most 500\/s, paced by the workers' lag/);
  t.match(running, /speed +500\/s, 500\/s allowed now/);
  t.match(running, /jobs watch 20261124-031205000-k7f3m --remote u\n/);
  const failed = jobText(
    job({ deadAgain: 3, processed: 39_997, stopOnFailureShare: 0.05, pace: false }),
    NOW,
  );
  t.match(failed, /done at 2026-11-24 03:12:03Z, after 1 min/);
  t.match(failed, /no rate cap, not paced, stops above 5 % dead again/);
  t.match(failed, /jobs results 20261124-031205000-k7f3m --result dead-again/);
  t.notMatch(jobText(job(), NOW), /Next/);
  t.match(
    jobLine(job({ phase: "canary", sent: 10, note: "first\x1b" })),
    /^canary +10\/40000 sent .*\(first\\u001b\)$/,
  );
});

t.test("jobsText() lists jobs, resultsText() the outcomes with their counts", async (t) => {
  t.match(jobsText([job()], NOW), /k7f3m │ 1 min ago │ done +│ 40000 +│ 40000 processed │ ada/);
  t.equal(jobsText([], NOW), "No jobs\n");
  async function* rows(): AsyncGenerator<JobResult> {
    for (let i = 0; i < 60; i++)
      yield { letter: LETTER, id: undefined, result: "processed", text: "", time: NOW };
    yield { letter: LETTER, id: undefined, result: "dead again", text: "Permanent", time: undefined };
  }
  const text = await resultsText(rows());
  t.match(text, /11 more: --ndjson has them all\n60 processed, 1 dead again\n$/);
});
