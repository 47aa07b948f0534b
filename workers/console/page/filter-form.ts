import { type Html, html } from "../../_html/mod.ts";
import type { Filter } from "../../_letters/letter-filter.ts";
import { hidden } from "./deed-form.ts";
import { filterText } from "./filter-query.ts";

const OUTCOMES = ["open", "replaying", "processed", "dead again", "sent to source", "discarded"] as const;

/** The filter as fields; sent as the page's own address. */
export function filterForm(action: string, filter: Filter, workers: readonly string[]): Html {
  const wanted = filter.outcomes === "all" ? "all" : filter.outcomes?.[0];
  const given = Object.keys(filter).length > 0;
  return html`<details class="panel"><summary>Filter${given ? html`: <span class="given">${filterText(filter)}</span>` : ""}</summary>
<form class="panel" method="get" action="${action}">${beyondTheFields(filter)}
<div class="fields">
<div><label for="f-worker">Worker</label><select id="f-worker" name="worker"><option value="">any</option>${[...new Set([...workers, ...(filter.worker ?? [])])].map((name) => option(name, name, filter.worker?.[0] === name))}</select></div>
${text("topic", "Source topic", filter.topic?.[0])}
${text("error", "Error class", filter.error?.[0])}
${text("fingerprint", "Fingerprint", filter.fingerprint?.[0])}
${text("key", "Key", filter.key?.[0])}
${text("partition", "Partition", filter.partition?.[0]?.toString(), "number")}
${text("since", "Died since (UTC)", local(filter.since), "datetime-local")}
${text("until", "Died before (UTC)", local(filter.until), "datetime-local")}
${text("attemptsMin", "Attempts, at least", filter.attempts?.min?.toString(), "number")}
${text("attemptsMax", "Attempts, at most", filter.attempts?.max?.toString(), "number")}
<div><label for="f-outcomes">State</label><select id="f-outcomes" name="outcomes"><option value="">open</option>${OUTCOMES.slice(1).map((name) => option(name, name, wanted === name))}${option("all", "all", wanted === "all")}</select></div>
<div class="wide"><label for="f-where">Where (an expression on decoded fields, e.g. <code>event.amount &gt; 9000</code>)</label><input id="f-where" name="where" value="${filter.where ?? ""}" spellcheck="false" autocomplete="off"></div>
</div>
<div class="row"><button>Show</button> <a class="button quiet" href="${action}">Clear</a></div>
</form></details>`;
}

/** What an address may ask for and the fields can't show: kept when the form is sent. */
function beyondTheFields(filter: Filter): Html {
  const outcomes = filter.outcomes === "all" ? [] : (filter.outcomes ?? []);
  const more: readonly (readonly [string, readonly (string | number)[]])[] = [
    ...(["worker", "topic", "error", "fingerprint", "key", "partition"] as const).map(
      (name) => [name, (filter[name] ?? []).slice(1)] as const,
    ),
    ["letters", filter.letters ?? []],
    ["outcomes", outcomes.slice(1)],
  ];
  return html`${more.flatMap(([name, values]) => values.map((value) => hidden(name, String(value))))}`;
}

function text(name: string, label: string, value: string | undefined, type = "text"): Html {
  const bounds = type === "number" ? html` min="0"` : type === "datetime-local" ? html` step="1"` : "";
  return html`<div><label for="f-${name}">${label}</label><input id="f-${name}" name="${name}" type="${type}" value="${value ?? ""}"${bounds} autocomplete="off"></div>`;
}

function option(value: string, label: string, selected: boolean): Html {
  return html`<option value="${value}"${selected ? html` selected` : ""}>${label}</option>`;
}

function local(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 19);
}
