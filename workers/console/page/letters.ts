import { type Html, html } from "../../_html/mod.ts";
import type { Filter } from "../../_letters/letter-filter.ts";
import type { Group, Groups } from "../../_letters/letter-group.ts";
import type { LetterPage, LetterRow } from "../../_letters/letter-row.ts";
import { deeds } from "./deeds.ts";
import { filterForm } from "./filter-form.ts";
import { filterText, queryOf } from "./filter-query.ts";
import { bytes, count, moment, plural, span, table, th } from "./format.ts";
import type { Visit } from "./frame.ts";
import type { PageContent } from "./layout.ts";
import { trendPlot } from "./trend.ts";

export const PAGE_SIZE = 100;
/** Rows of the page of groups; the counts and deeds are of all. */
const MOST_GROUPS = 300;

/** Where a filter's letters are listed. */
export function listPath(filter: Filter): string {
  return `/letters/list?${queryOf(filter)}`;
}

export function letterPath(letter: string): string {
  return `/letters/${encodeURIComponent(letter)}`;
}

export function groupsPage(
  { groups, letters, scanned }: Groups,
  filter: Filter,
  workers: readonly string[],
  visit: Visit,
): PageContent {
  return {
    title: "Dead letters",
    body: html`<h1>Dead letters by what failed</h1>
${filterForm("/letters", filter, workers)}
<p>${plural(letters, "letter")} in ${plural(groups.length, "group")}, of ${count(scanned)} looked at. ${letters > 0 ? html`<a href="${listPath(filter)}">List them</a>` : ""}</p>
${
  groups.length === 0
    ? html`<p class="note good">Nothing matches: ${filterText(filter)}.</p>`
    : table(
        "Groups of dead letters",
        [
          th("Worker and failure"),
          th("Open", "number"),
          th("Newest reason"),
          th("Since then"),
          th("Trend"),
          th("Seen"),
          th("Oldest open"),
        ],
        groups.slice(0, MOST_GROUPS).map((group) => groupRow(group, filter)),
      )
}
${groups.length > MOST_GROUPS ? html`<p class="note">The largest ${MOST_GROUPS} groups: a filter shows the others.</p>` : ""}
${groups.length === 0 ? "" : deeds(filter, visit)}`,
  };
}

function groupRow(group: Group, filter: Filter): Html {
  const { worker, fingerprint, topics, stage, error, reason, sample } = group;
  const narrowed: Filter = { ...filter, worker: [worker], fingerprint: [fingerprint] };
  const became = [
    [group.replaying, "replaying"],
    [group.processed, "processed"],
    [group.deadAgain, "dead again"],
    [group.discarded, "discarded"],
    [group.sentToSource, "sent to source"],
  ] as const;
  return html`<tr><th scope="row"><a href="${listPath(narrowed)}">${worker}: ${error}</a><br><span class="soft">${stage} · ${topics.join(", ")} · <code>${fingerprint.slice(0, 12)}</code></span></th>
<td class="number"><strong>${count(group.open)}</strong></td>
<td class="reason">${reason}${sample === undefined ? "" : html`<br><a href="${letterPath(sample)}">newest letter</a>`}</td>
<td>${became.filter(([letters]) => letters > 0).map(([letters, what]) => html`<span class="nowrap">${count(letters)} ${what}</span><br>`)}</td>
<td>${trendPlot({ steps: group.trend, from: group.trendFrom, until: group.trendUntil })}</td>
<td>${moment(group.firstSeen)}<br>${moment(group.lastSeen)}</td>
<td>${group.oldestAge === undefined ? "" : html`<span class="nowrap">${span(group.oldestAge)}${group.retention === undefined ? "" : ` of ${span(group.retention)}`}</span>`}</td></tr>`;
}

export function listPage(
  { letters, next }: LetterPage,
  filter: Filter,
  workers: readonly string[],
  visit: Visit,
): PageContent {
  return {
    title: "Letters",
    body: html`<p><a href="/letters">All groups</a></p>
<h1>Letters</h1>
${filterForm("/letters/list", filter, workers)}
${
  letters.length === 0
    ? html`<p class="note">No letter matches.</p>`
    : table(
        "Letters",
        [
          th("Letter"),
          th("Key"),
          th("State"),
          th("Reason"),
          th("Attempts", "number"),
          th("Size", "number"),
          th("Died"),
        ],
        letters.map(letterRow),
      )
}
${next === undefined ? "" : html`<p><a class="button quiet" rel="next" href="${listPath(filter)}&amp;after=${encodeURIComponent(next)}">Next ${PAGE_SIZE}</a></p>`}
${letters.length === 0 ? "" : deeds(filter, visit)}`,
  };
}

function letterRow(row: LetterRow): Html {
  return html`<tr><th scope="row"><a href="${letterPath(row.letter)}"><code>${row.letter}</code></a></th>
<td><code>${row.key ?? html`<span class="soft">none</span>`}</code></td>
<td>${stateTag(row)}</td>
<td class="reason"><strong>${row.error}</strong> <span class="soft">${row.stage}</span><br>${row.reason}</td>
<td class="number">${row.attempts}${row.replays > 0 ? html`<br><span class="soft">${plural(row.replays, "replay")}</span>` : ""}</td>
<td class="number">${row.bytes === null ? "tombstone" : bytes(row.bytes)}</td>
<td>${moment(row.diedAt)}</td></tr>`;
}

const TONE: Readonly<Record<LetterRow["outcome"], string>> = {
  open: "warn",
  replaying: "",
  processed: "good",
  "dead again": "bad",
  discarded: "",
  "sent to source": "",
};

export function stateTag({ outcome, edited }: LetterRow): Html {
  return html`<span class="tag ${TONE[outcome]}">${outcome}</span>${edited ? html` <span class="tag">edited</span>` : ""}`;
}
