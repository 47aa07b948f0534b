import { type Html, html } from "../../_html/mod.ts";
import type { AuditEntry, AuditWish } from "../../_letters/audit-entry.ts";
import { count, moment, table, th } from "./format.ts";
import { jobPath } from "./jobs.ts";
import type { PageContent } from "./layout.ts";
import { letterPath } from "./letters.ts";

export const AUDIT_ROWS = 500;

export function auditPage(entries: readonly AuditEntry[], { by, plan, letter }: AuditWish): PageContent {
  const field = (name: string, label: string, value: string | undefined) =>
    html`<div><label for="a-${name}">${label}</label><input id="a-${name}" name="${name}" value="${value ?? ""}" autocomplete="off"></div>`;
  return {
    title: "Audit trail",
    body: html`<h1>Audit trail</h1>
<form class="panel" method="get" action="/audit"><div class="fields">${field("by", "By", by)}${field("plan", "Plan", plan)}${field("letter", "Letter", letter)}</div><div class="row"><button>Show</button><a class="button quiet" href="/audit">Clear</a></div></form>
${
  entries.length === 0
    ? html`<p class="note">Nothing is recorded.</p>`
    : table(
        "Audit trail",
        [th("When"), th("Who"), th("Did"), th("Reason"), th("Of what")],
        entries.map(entryRow),
      )
}
${entries.length === AUDIT_ROWS ? html`<p class="soft">The newest ${AUDIT_ROWS}.</p>` : ""}`,
  };
}

function entryRow({ time, by, action, reason, plan, letters, letter, text }: AuditEntry): Html {
  return html`<tr><td>${moment(time)}</td><th scope="row">${by}</th><td><span class="tag">${action}</span></td><td class="reason">${reason}</td><td>${plan === undefined ? "" : html`plan <a href="${jobPath(plan).replace("/jobs/", "/plans/")}"><code>${plan}</code></a> `}${letters === undefined ? "" : `${count(letters)} letters `}${letter === undefined ? "" : html`<a href="${letterPath(letter)}"><code>${letter}</code></a> `}${text ?? ""}</td></tr>`;
}
