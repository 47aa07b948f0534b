import { type Html, html } from "../../_html/mod.ts";
import type { Acted } from "../../_letters/desk.ts";
import { isEverything } from "../../_letters/filter.ts";
import type { Filter } from "../../_letters/letter-filter.ts";
import type { Outcome } from "../../_letters/state.ts";
import { hidden, numberField, reasonField } from "./deed-form.ts";
import { filterText } from "./filter-query.ts";
import { plural, table, th } from "./format.ts";
import type { Visit } from "./frame.ts";
import type { PageContent } from "./layout.ts";

/**
 * What an operator can do with all letters that match: a plan, discard, restore. Nothing for viewers.
 * @param one the state of the only letter that matches, which rules some of it out
 */
export function deeds(filter: Filter, visit: Visit, one?: Outcome): Html {
  const { person, csrf } = visit;
  if (!person.roles.has("operator"))
    return html`<p class="soft">To plan, discard or restore needs the role operator.</p>${exportForm(filter, visit)}`;
  const carried = html`${hidden("csrf", csrf)}${hidden("filter", JSON.stringify(filter))}`;
  const matching = filterText(filter);
  if (one === "discarded")
    return html`<h2>Do something with it</h2>${restoreForm(carried)}${exportForm(filter, visit)}`;
  return html`<h2>Do something with ${one ? "it" : "all that match"}</h2>
${one ? "" : html`<p class="soft">${matching}</p>`}
<details class="panel" id="plan"><summary>Plan a replay</summary>
<p>Freezes which letters, judges each, and sends nothing.</p>
<form class="panel" method="post" action="/plans">${carried}
<div class="fields">
<div><label for="p-to">To</label><select id="p-to" name="to"><option value="worker">the worker's own replay topic</option><option value="source">the source topic, which others read too</option></select></div>
${numberField({ id: "p-limit", name: "limit", label: "At most, oldest first (empty: all)", min: 1 })}
${numberField({ id: "p-cap", name: "attemptCap", label: "Leave out what was replayed this often", value: 5, min: 1, max: 1000 })}
${numberField({ id: "p-rate", name: "rate", label: "Records a second, for the expected duration", min: 1 })}
<label class="check wide"><input type="checkbox" name="skipOrderCheck" value="yes"> Skip the check for newer events of the same keys</label>
${reasonField("p-reason")}
</div><div class="row"><button>Make the plan</button></div></form></details>
<details class="panel" id="discard"><summary>Discard</summary>
<p>Takes them out of the counts. They stay in the DLQ until retention, and can be restored. What died after this page was made is not in it.</p>
<form class="panel" method="post" action="/letters/discard">${carried}${one ? "" : hidden("shown", String(Date.now()))}
<div class="fields">${reasonField("d-reason")}${isEverything(filter) ? html`<label class="check wide"><input type="checkbox" name="everything" value="yes" required> Every open letter of every worker: that is what I mean</label>` : ""}</div><div class="row"><button class="danger">Discard</button></div></form></details>
${one ? "" : restoreForm(carried)}${exportForm(filter, visit)}`;
}

function exportForm(filter: Filter, { person, csrf }: Visit): Html {
  if (!person.roles.has("personal")) return html``;
  return html`<details class="panel" id="export"><summary>Export</summary>
<p>A file with everything Kafka holds of them, one a line, for a ticket or <code>boxoffice dlq import</code> elsewhere. Personal fields are in it: it is in the audit trail, and mind where it goes.</p>
<form method="post" action="/letters/export" data-download>${hidden("csrf", csrf)}${hidden("filter", JSON.stringify(filter))}<div class="row"><button class="quiet">Export as NDJSON</button></div></form></details>`;
}

function restoreForm(carried: Html): Html {
  return html`<details class="panel" id="restore"><summary>Restore what was discarded</summary>
<form class="panel" method="post" action="/letters/restore">${carried}
<div class="fields">${reasonField("r-reason")}</div><div class="row"><button class="quiet">Restore</button></div></form></details>`;
}

export function actedPage(what: "Discarded" | "Restored", { done, skipped }: Acted): PageContent {
  return {
    title: what,
    body: html`<h1>${what} ${plural(done, "letter")}</h1>
${
  skipped.length === 0
    ? ""
    : table(
        "Skipped",
        [th("Skipped as"), th("Letters", "number"), th("For example")],
        skipped.map(
          ({ why, letters, sample }) =>
            html`<tr><td>${why}</td><td class="number">${letters}</td><td><a href="/letters/${encodeURIComponent(sample)}"><code>${sample}</code></a></td></tr>`,
        ),
      )
}
<p><a href="/letters">To the dead letters</a> · <a href="/audit">To the audit trail</a></p>`,
  };
}
