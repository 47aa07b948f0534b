import { type Html, html } from "../../_html/mod.ts";
import type { Decoded, HeaderRow, HistoryEntry, LetterDetail } from "../../_letters/letter-detail.ts";
import { hidden } from "./deed-form.ts";
import { deeds } from "./deeds.ts";
import { diffTable } from "./edit.ts";
import { fieldsOf } from "./fields.ts";
import { bytes, facts, moment, plural, span, table, th } from "./format.ts";
import type { Visit } from "./frame.ts";
import { hexDump } from "./hex.ts";
import type { PageContent } from "./layout.ts";
import { letterPath, stateTag } from "./letters.ts";

export function letterPage(letter: LetterDetail, visit: Visit): PageContent {
  const { worker, topic, partition, outcome, newer } = letter;
  return {
    title: `Letter ${letter.letter}`,
    body: html`<p><a href="/letters">All groups</a> · <a href="/letters/list?worker=${encodeURIComponent(worker)}&amp;fingerprint=${encodeURIComponent(letter.fingerprint)}">Letters like it</a></p>
<h1>${worker}: ${letter.error} ${stateTag(letter)}</h1>
<p class="note bad">${letter.reason}</p>
${letter.malformed === undefined ? "" : html`<p class="note warn">${letter.malformed}</p>`}
${facts([
  ["Letter", html`<code>${letter.letter}</code>`],
  ["Record", letter.id === undefined ? undefined : html`<code>${letter.id}</code>`],
  ["Key", letter.key === null ? "none" : html`<code>${letter.key}</code>`],
  ["Source", `${topic}, partition ${partition}`],
  [
    "Failed at",
    `${letter.stage}, after ${plural(letter.attempts, "attempt")}${letter.replays > 0 ? `, replayed ${plural(letter.replays, "time")}` : ""}`,
  ],
  ["First failed", letter.firstFailed === undefined ? undefined : moment(letter.firstFailed)],
  ["Died", moment(letter.diedAt)],
  [
    "Kept until",
    letter.expiresAt === undefined
      ? "for ever"
      : html`${moment(letter.expiresAt)} ${expiry(letter.expiresAt)}`,
  ],
  ["Fingerprint", html`<code>${letter.fingerprint}</code>`],
  ["Build", letter.build],
  ["Trace", letter.traceId === undefined ? undefined : html`<code>${letter.traceId}</code>`],
  [
    "Replayed by plan",
    letter.plan === undefined
      ? undefined
      : html`<a href="/plans/${encodeURIComponent(letter.plan)}">${letter.plan}</a>`,
  ],
  [
    "Was before its replay",
    letter.before === undefined
      ? undefined
      : html`<a href="${letterPath(letter.before)}"><code>${letter.before}</code></a>`,
  ],
])}
<h2>Decoded</h2>
${decodedView(letter.decoded)}
${letter.edit === undefined ? "" : html`<h2>Edited</h2><p>A replay sends this instead: by ${letter.edit.by}, ${moment(letter.edit.time)}: ${letter.edit.reason}</p>${diffTable(letter.edit.changes)}<details class="panel"><summary>All of the edited event</summary>${decodedView(letter.edit.decoded)}</details>`}
${letterForms(letter, visit)}
<h2>History</h2>
<ol class="history">${letter.history.map(historyRow)}</ol>
<h2>Newer events of the key</h2>
${newerView(newer)}
<h2>Headers</h2>
${table("Headers", [th("Name"), th("Value"), th("Whose")], letter.headers.map(headerRow))}
<h2>Raw</h2>
${rawView(letter)}
${outcome === "open" || outcome === "discarded" ? deeds({ letters: [letter.letter] }, visit, outcome) : ""}`,
  };
}

function expiry(expiresAt: number): Html {
  const left = expiresAt - Date.now();
  if (left > 3 * 86_400_000) return html`<span class="soft">(in ${span(left)})</span>`;
  return html`<strong class="bad">${left <= 0 ? "(may go any moment)" : `(in ${span(left)})`}</strong>`;
}

export function decodedView(decoded: Decoded): Html {
  if (!decoded.ok)
    return html`<p class="note warn">It can't be decoded${decoded.schemaId === undefined ? "" : ` by schema ${decoded.schemaId}`}: ${decoded.error}: ${decoded.reason}</p>`;
  const masked = new Set(decoded.masked);
  return html`<p class="soft">${decoded.record}, schema ${decoded.schemaId}</p>
${table(
  "Decoded event",
  [th("Field"), th("Value")],
  fieldsOf(decoded.event).map(
    ([path, value]) =>
      html`<tr><th scope="row"><code>${path}</code></th><td>${masked.has(path) ? html`<span class="masked">masked: personal</span>` : html`<code>${value}</code>`}</td></tr>`,
  ),
)}`;
}

function letterForms({ letter, decoded, edit, outcome, raw }: LetterDetail, { person, csrf }: Visit): Html {
  const hides =
    [decoded, edit?.decoded].some((each) => each?.ok && each.masked.length > 0) || raw === undefined;
  const personal = person.roles.has("personal");
  const mayEdit =
    person.roles.has("operator") &&
    outcome === "open" &&
    decoded.ok &&
    (personal || !hides || decoded.masked.length === 0);
  if (!(hides && personal) && !mayEdit) return html``;
  return html`<div class="row">${
    hides && personal
      ? html`<form method="post" action="${letterPath(letter)}/personal">${hidden("csrf", csrf)}<button class="quiet">Show personal fields and raw bytes (audited)</button></form>`
      : ""
  }${
    mayEdit
      ? html`<form method="post" action="${letterPath(letter)}/edit">${hidden("csrf", csrf)}${hidden("step", "open")}<button class="quiet">Edit…</button></form>`
      : ""
  }</div>`;
}

function historyRow({ time, what, letter, by, text }: HistoryEntry): Html {
  return html`<li>${moment(time)} <strong>${what}</strong>${by === undefined ? "" : ` by ${by}`} <code class="soft">${letter}</code><br>${text}</li>`;
}

function newerView(newer: LetterDetail["newer"]): Html {
  if (newer === "unknown")
    return html`<p class="note warn">Unknown: the source log is gone, or too long to search.</p>`;
  if (newer === "not asked") return html`<p class="soft">Not looked for.</p>`;
  if (newer.length === 0) return html`<p>None was processed since.</p>`;
  return html`<p class="note warn">Processed since: a replay comes after them.</p>
<ul>${newer.map(({ id, time, record }) => html`<li>${moment(time)} ${record ?? "undecodable"} <code>${id}</code></li>`)}</ul>`;
}

function headerRow({ name, text, value, ours }: HeaderRow): Html {
  const shown =
    value === null ? html`<span class="soft">null</span>` : html`<code>${text ?? `base64:${value}`}</code>`;
  return html`<tr><th scope="row"><code>${name}</code></th><td>${shown}</td><td>${ours ? "Boxoffice's" : "the producer's"}</td></tr>`;
}

function rawView({ raw, bytes: size }: LetterDetail): Html {
  if (raw === undefined)
    return html`<p class="soft">${size === null ? "A tombstone." : `${bytes(size)}, shown with personal fields only.`}</p>`;
  if (raw.value === null) return html`<p>A tombstone: there is no value.</p>`;
  const { text, left } = hexDump(Buffer.from(raw.value, "base64"));
  return html`<pre tabindex="0" aria-label="Value, hexadecimal">${text}</pre>${left > 0 ? html`<p class="soft">and ${bytes(left)} more</p>` : ""}`;
}
