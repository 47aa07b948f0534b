import { type Html, html } from "../../_html/mod.ts";
import type { Plan, PlanTarget } from "../../_letters/plan.ts";
import type { Job } from "../../_letters/replay-job.ts";
import { hidden, numberField, reasonField } from "./deed-form.ts";
import { filterText } from "./filter-query.ts";
import { bytes, count, facts, moment, plural, span, table, th } from "./format.ts";
import type { Visit } from "./frame.ts";
import { MOST_ROWS, newestOnly, phaseTag } from "./jobs.ts";
import type { PageContent } from "./layout.ts";
import { letterPath } from "./letters.ts";

/** Letters sent first, when the plan has clearly more. */
const CANARY = 10;

export function planPath(plan: string): string {
  return `/plans/${encodeURIComponent(plan)}`;
}

export function plansPage(plans: readonly Plan[], jobs: readonly Job[]): PageContent {
  const jobOf = new Map(jobs.map((job) => [job.plan, job]));
  return {
    title: "Plans",
    body: html`<h1>Plans</h1>
<p class="soft">A plan is a frozen set of dead letters. Make one where you see the letters: <a href="/letters">dead letters</a>.</p>
${
  plans.length === 0
    ? html`<p class="note">There is none yet.</p>`
    : table(
        "Plans",
        [th("Plan"), th("Made"), th("By"), th("Reason"), th("Letters", "number"), th("Replay")],
        plans.slice(0, MOST_ROWS).map((plan) => {
          const job = jobOf.get(plan.plan);
          return html`<tr><th scope="row"><a href="${planPath(plan.plan)}"><code>${plan.plan}</code></a></th><td>${moment(plan.time)}</td><td>${plan.by}</td><td class="reason">${plan.reason}</td><td class="number">${count(plan.letters)}</td><td>${job ? html`<a href="/jobs/${encodeURIComponent(plan.plan)}">${phaseTag(job)}</a>` : "not started"}</td></tr>`;
        }),
      )
}
${newestOnly(plans.length)}`,
  };
}

export function planPage(plan: Plan, job: Job | undefined, visit: Visit): PageContent {
  return {
    title: `Plan ${plan.plan}`,
    body: html`<p><a href="/plans">All plans</a></p>
<h1>Plan <code>${plan.plan}</code></h1>
${facts([
  ["Letters", html`<strong>${count(plan.letters)}</strong>, ${bytes(plan.bytes)}`],
  ["Asked for", filterText(plan.filter)],
  ["Made", html`${moment(plan.time)} by ${plan.by}`],
  ["Reason", plan.reason],
  ["Expected duration", plan.expectedMs === undefined ? undefined : span(plan.expectedMs)],
])}
<h2>What it comes to</h2>
${judged(plan)}
<h2>Where they go</h2>
${table(
  "Targets",
  [th("From"), th("To"), th("Letters", "number"), th("Partitions"), th("Others who would see them")],
  plan.targets.map(targetRow),
)}
${job ? html`<p class="note">Its replay: ${phaseTag(job)} <a href="/jobs/${encodeURIComponent(plan.plan)}">Look at the job</a></p>` : replayForm(plan, visit)}`,
  };
}

function targetRow({ dlq, worker, to, letters, partitions, otherGroups }: PlanTarget): Html {
  return html`<tr><th scope="row">${worker}<br><code class="soft">${dlq}</code></th><td><code>${to}</code></td><td class="number">${count(letters)}</td><td>${partitions.join(", ")}</td><td>${otherGroups.join(", ") || "none"}</td></tr>`;
}

/** What an operator should know before sending anything, the worst first. */
function judged(plan: Plan): Html {
  const { undecodable, overtaken, expiring, replayedBefore, edited, capped, notOpen, attemptCap } = plan;
  const lines: Html[] = [
    ...undecodable.map(
      ({ reason, letters, sample }) =>
        html`<li class="bad">${plural(letters, "letter")} would fail again at decode: ${reason} (<a href="${letterPath(sample)}">for example</a>)</li>`,
    ),
    ...overtakenLines(overtaken),
    ...line(expiring, (n) => `${plural(n, "letter")} taken by retention within a day`, "bad"),
    ...line(replayedBefore, (n) => `${count(n)} replayed before`, "warn"),
    ...line(edited, (n) => `${count(n)} edited: the edited event is sent`),
    ...line(capped, (n) => `${count(n)} left out: replayed ${attemptCap} times already`),
    ...line(notOpen, (n) => `${count(n)} left out: not open`),
  ];
  return lines.length === 0
    ? html`<p class="note good">Nothing speaks against it: every letter decodes with today's schema, none was overtaken.</p>`
    : html`<ul>${lines}</ul>`;
}

function overtakenLines(overtaken: Plan["overtaken"]): Html[] {
  if (overtaken === "not checked")
    return [
      html`<li class="warn">The order check was skipped: newer events of the same keys may be done.</li>`,
    ];
  const examples = overtaken.samples
    .slice(0, 3)
    .map((sample) => html` <a href="${letterPath(sample)}">${sample}</a>`);
  return [
    ...(overtaken.letters > 0
      ? [
          html`<li class="warn">${plural(overtaken.letters, "letter")} with newer events of the same key done already:${examples}</li>`,
        ]
      : []),
    ...line(overtaken.unknown, (n) => `${plural(n, "letter")} whose newer events can't be told`, "warn"),
  ];
}

function line(letters: number, text: (letters: number) => string, tone = ""): Html[] {
  return letters === 0 ? [] : [html`<li class="${tone}">${text(letters)}</li>`];
}

function replayForm(plan: Plan, { person, csrf }: Visit): Html {
  if (!person.roles.has("operator")) return html`<p class="soft">To replay it needs the role operator.</p>`;
  if (plan.letters === 0) return html`<p class="note">There is nothing in it to replay.</p>`;
  const groups = [...new Set(plan.targets.flatMap(({ otherGroups }) => otherGroups))];
  return html`<h2>Replay it</h2>
<form class="panel" method="post" action="${planPath(plan.plan)}/replay">${hidden("csrf", csrf)}
<div class="fields">
${numberField({ id: "r-canary", name: "canary", label: "First so many, then wait for their outcomes", value: plan.letters > CANARY ? CANARY : Math.min(1, plan.letters) })}
${numberField({ id: "r-rate", name: "rate", label: "At most so many a second (empty: no cap)", min: 1 })}
${numberField({ id: "r-stop", name: "stopPercent", label: "Stop when more than this % are dead again", max: 100 })}
<label class="check"><input type="checkbox" name="pace" value="yes" checked> Slow down for the workers' lag</label>
${groups.map(
  (group, i) =>
    html`<label class="check wide"><input type="checkbox" name="otherGroup.${i}" value="${group}" required> ${group} will see these records, too: that is fine</label>`,
)}
${reasonField("r-reason")}
</div><div class="row"><button>Replay ${plural(plan.letters, "letter")}</button></div></form>`;
}
