import { type Html, html } from "../../_html/mod.ts";
import type { FleetGlance, LettersGlance, WorkerGlance } from "../fleet/view.ts";
import { count, moment, plural, span, table, th } from "./format.ts";
import type { PageContent } from "./layout.ts";

/** Below this share of retention left, letters are about to be lost. */
const ALARM_SHARE = 0.25;

export function fleetPage({ workers, time, silent }: FleetGlance): PageContent {
  const open = workers.reduce((sum, { letters }) => sum + letters.open, 0);
  const replaying = workers.reduce((sum, { letters }) => sum + letters.replaying, 0);
  const lag = workers.reduce((sum, worker) => sum + (worker.lag ?? 0), 0);
  return {
    title: "Fleet",
    live: true,
    body: html`<h1>The fleet at a glance</h1>
<div id="glance" data-live>
<div class="figures">
<div><span>Dead letters open</span><strong class="${open > 0 ? "bad" : ""}">${count(open)}</strong></div>
<div><span>Being replayed</span><strong>${count(replaying)}</strong></div>
<div><span>Lag, all workers</span><strong>${count(lag)}</strong></div>
<div><span>Workers up</span><strong>${count(workers.filter(isUp).length)} of ${count(workers.filter(isKnown).length)}</strong></div>
</div>
${workers.map(alarm)}
${table(
  "Workers",
  [
    th("Worker"),
    th("State"),
    th("Processes", "number"),
    th("Lag", "number"),
    th("Records/s", "number"),
    th("Retrying", "number"),
    th("Keys parked", "number"),
    th("Breaker"),
    th("Letters open", "number"),
    th("Oldest letter"),
  ],
  workers.map(row),
)}
<p class="soft">As of ${moment(time)} UTC. Lag: high watermark less committed offset. Parked keys and breaker are what workers' health ports say.${silent.length > 0 ? html` <strong class="warn">No answer from ${silent.join(", ")}.</strong>` : ""}</p>
</div>`,
  };
}

function isUp({ members, metrics }: WorkerGlance): boolean {
  return members > 0 || metrics !== undefined;
}

/** One that only serves has no group: without its health port nothing is known of it. */
function isKnown({ lag, metrics }: WorkerGlance): boolean {
  return lag !== undefined || metrics !== undefined;
}

const UNKNOWN = html`<span class="soft">unknown</span>`;

function row(worker: WorkerGlance): Html {
  const { name, lag, perSecond, waiting, metrics, members, letters } = worker;
  return html`<tr><th scope="row">${name}</th>
<td>${stateTag(worker)}</td>
<td class="number">${metrics?.processes ?? (lag === undefined ? "" : members)}</td>
<td class="number">${lag === undefined ? "" : count(lag)}</td>
<td class="number">${perSecond === undefined ? "" : perSecond.toFixed(perSecond < 10 ? 1 : 0)}</td>
<td class="number">${lag === undefined ? "" : count(waiting)}</td>
<td class="number">${lag === undefined ? "" : metrics === undefined ? UNKNOWN : count(metrics.parkedKeys)}</td>
<td>${lag === undefined ? "" : metrics === undefined ? UNKNOWN : breakerTag(metrics.breaker)}</td>
<td class="number">${letters.open > 0 ? html`<a href="/letters?worker=${encodeURIComponent(name)}">${count(letters.open)}</a>` : "0"}</td>
<td>${oldest(letters)}</td></tr>`;
}

function stateTag(worker: WorkerGlance): Html {
  if (worker.metrics && worker.metrics.haltedPartitions > 0)
    return html`<span class="tag bad">${plural(worker.metrics.haltedPartitions, "partition")} halted</span>`;
  if (isUp(worker)) return html`<span class="tag good">up</span>`;
  return isKnown(worker) ? html`<span class="tag bad">down</span>` : html`<span class="tag">unknown</span>`;
}

function breakerTag(breaker: number): Html {
  if (breaker === 0) return html`closed`;
  return html`<span class="tag ${breaker === 1 ? "bad" : "warn"}">${breaker === 1 ? "open" : "half-open"}</span>`;
}

function oldest({ oldestAge, retention }: LettersGlance): Html {
  if (oldestAge === undefined) return html``;
  if (retention === undefined) return html`${span(oldestAge)}, kept for ever`;
  return html`${span(oldestAge)} of ${span(retention)}`;
}

function alarm({ name, letters: { oldestAge, retention, open } }: WorkerGlance): Html {
  if (open === 0 || oldestAge === undefined || retention === undefined) return html``;
  const left = retention - oldestAge;
  if (left > retention * ALARM_SHARE) return html``;
  return html`<p class="note bad" role="alert">${left <= 0 ? `Retention is taking ${name}'s oldest letters now` : `Retention takes ${name}'s oldest letter in ${span(left)}`}: <a href="/letters?worker=${encodeURIComponent(name)}">look at them</a> first, or export them.</p>`;
}
