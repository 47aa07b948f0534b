import { type Html, html } from "../../_html/mod.ts";
import type { Job, JobResult } from "../../_letters/replay-job.ts";
import { hidden, numberField, reasonField } from "./deed-form.ts";
import { count, facts, moment, span, table, th } from "./format.ts";
import type { Visit } from "./frame.ts";
import type { PageContent } from "./layout.ts";
import { letterPath } from "./letters.ts";

/** Outcomes shown on a page. */
export const MAX_RESULTS = 500;
/** A job's own page shows each letter's outcome only of a job this small: it is asked for again and again. */
export const INLINE_RESULTS = 100;

/** Rows of the pages of all jobs and all plans, newest first. */
export const MOST_ROWS = 300;

export function newestOnly(rows: number): Html {
  return rows > MOST_ROWS ? html`<p class="soft">The newest ${MOST_ROWS} of ${count(rows)}.</p>` : html``;
}

export function jobPath(plan: string): string {
  return `/jobs/${encodeURIComponent(plan)}`;
}

const TONE: Readonly<Record<Job["phase"], string>> = {
  waiting: "",
  canary: "warn",
  sending: "",
  awaiting: "",
  paused: "warn",
  stopped: "bad",
  cancelled: "bad",
  done: "good",
};

export function phaseTag({ phase }: Job): Html {
  return html`<span class="tag ${TONE[phase]}">${phase}</span>`;
}

export function hasEnded({ phase }: Job): boolean {
  return phase === "done" || phase === "stopped" || phase === "cancelled";
}

export function jobsPage(jobs: readonly Job[]): PageContent {
  return {
    title: "Jobs",
    live: jobs.some((job) => !hasEnded(job)),
    body: html`<h1>Jobs</h1>
<div id="jobs" data-live>${
      jobs.length === 0
        ? html`<p class="note">No plan was replayed yet.</p>`
        : table(
            "Jobs",
            [
              th("Plan"),
              th("State"),
              th("Started"),
              th("By"),
              th("Reason"),
              th("Letters", "number"),
              th("Processed", "number"),
              th("Dead again", "number"),
            ],
            jobs
              .slice(0, MOST_ROWS)
              .map(
                (job) =>
                  html`<tr><th scope="row"><a href="${jobPath(job.plan)}"><code>${job.plan}</code></a></th><td>${phaseTag(job)}</td><td>${moment(job.startedAt)}</td><td>${job.by}</td><td class="reason">${job.reason}</td><td class="number">${count(job.letters)}</td><td class="number">${count(job.processed)}</td><td class="number">${count(job.deadAgain)}</td></tr>`,
              ),
          )
    }${newestOnly(jobs.length)}</div>`,
  };
}

export function jobPage(job: Job, results: readonly JobResult[] | undefined, visit: Visit): PageContent {
  return {
    title: `Job ${job.plan}`,
    live: !hasEnded(job),
    typed: isControllable(job, visit),
    body: html`<p><a href="/jobs">All jobs</a> · <a href="/plans/${encodeURIComponent(job.plan)}">Its plan</a></p>
<h1>Replay of <code>${job.plan}</code></h1>
<div id="job" data-live>
<p role="status">${phaseTag(job)} ${job.note ?? ""}</p>
${progressOf(job)}
<div class="figures">${figures(job)}</div>
${facts([
  [
    "Sent a second",
    hasEnded(job)
      ? undefined
      : `${job.speed.toFixed(1)}${job.allowed === undefined ? "" : `, now at most ${count(job.allowed)}`}`,
  ],
  ["Cap", job.rate === undefined ? "none" : `${count(job.rate)} a second`],
  ["Slowed by lag", job.pace ? "yes" : "no"],
  ["Canary", job.canary === 0 ? "none" : count(job.canary)],
  [
    "Stops",
    job.stopOnFailureShare === undefined
      ? undefined
      : `when more than ${Math.round(job.stopOnFailureShare * 100)} % are dead again`,
  ],
  ["Started", html`${moment(job.startedAt)} by ${job.by}`],
  [
    "Ended",
    job.endedAt === undefined
      ? undefined
      : html`${moment(job.endedAt)}, after ${span(job.endedAt - job.startedAt)}`,
  ],
  ["Reason", job.reason],
])}
</div>
${controls(job, visit)}
<h2>Outcomes</h2>
<div id="outcomes" data-live>${results === undefined ? "" : resultsTable(results)}</div>
<p><a href="${jobPath(job.plan)}/results">Outcomes letter by letter</a> · <a href="${jobPath(job.plan)}/results?result=dead+again">only those dead again</a> · <a href="/api/v1${jobPath(job.plan)}/results">all as NDJSON</a></p>`,
  };
}

function progressOf({ letters, sent, processed, deadAgain, skipped }: Job): Html {
  const of = Math.max(1, letters);
  return html`<p><label for="g-sent">Sent: ${count(sent + skipped)} of ${count(letters)}</label><progress id="g-sent" max="${of}" value="${Math.min(of, sent + skipped)}"></progress></p>
<p><label for="g-through">Through, with an outcome: ${count(processed + deadAgain)}</label><progress id="g-through" max="${of}" value="${Math.min(of, processed + deadAgain)}"></progress></p>`;
}

function figures(job: Job): Html[] {
  const rows: readonly (readonly [string, number, string])[] = [
    ["Processed", job.processed, "good"],
    ["Dead again", job.deadAgain, job.deadAgain > 0 ? "bad" : ""],
    ["Under way", job.underWay, ""],
    ["Skipped", job.skipped, ""],
    ["Not sent", Math.max(0, job.letters - job.sent - job.skipped), ""],
  ];
  return rows.map(
    ([name, number, tone]) =>
      html`<div><span>${name}</span><strong class="${tone}">${count(number)}</strong></div>`,
  );
}

function isControllable(job: Job, { person }: Visit): boolean {
  return !hasEnded(job) && person.roles.has("operator");
}

function controls(job: Job, visit: Visit): Html {
  if (!isControllable(job, visit)) return html``;
  const { csrf } = visit;
  return html`<form class="panel" method="post" action="${jobPath(job.plan)}/orders">${hidden("csrf", csrf)}
<div class="fields">${reasonField("o-reason")}
${numberField({ id: "o-rate", name: "rate", label: "For throttle: at most so many a second (empty: no cap)", min: 1 })}</div>
<div class="row"><button name="order" value="pause" class="quiet">Pause</button><button name="order" value="resume" class="quiet">Resume</button><button name="order" value="throttle" class="quiet">Throttle</button><button name="order" value="cancel" class="danger">Cancel the rest</button></div></form>`;
}

const RESULT_TONE: Readonly<Record<JobResult["result"], string>> = {
  processed: "good",
  "dead again": "bad",
  "under way": "",
  "sent to source": "",
  "not sent": "",
  skipped: "warn",
};

export function resultsTable(results: readonly JobResult[]): Html {
  if (results.length === 0) return html`<p class="soft">None.</p>`;
  return table(
    "Outcomes",
    [th("Letter"), th("Outcome"), th("What is known"), th("When")],
    results.map(
      ({ letter, result, text, time }) =>
        html`<tr><th scope="row"><a href="${letterPath(letter)}"><code>${letter}</code></a></th><td><span class="tag ${RESULT_TONE[result]}">${result}</span></td><td class="reason">${text}</td><td>${time === undefined ? "" : moment(time)}</td></tr>`,
    ),
  );
}

export function resultsPage(
  plan: string,
  results: readonly JobResult[],
  only: string | undefined,
  more: boolean,
): PageContent {
  return {
    title: `Outcomes of ${plan}`,
    body: html`<p><a href="${jobPath(plan)}">Back to the job</a></p>
<h1>Outcomes of <code>${plan}</code></h1>
<p class="soft">${only === undefined ? "In the plan's order." : `Only: ${only}.`}${more ? ` The first ${MAX_RESULTS}.` : ""}</p>
${resultsTable(results)}`,
  };
}
