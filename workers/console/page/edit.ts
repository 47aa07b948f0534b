import { type Html, html } from "../../_html/mod.ts";
import type { EditResult } from "../../_letters/edited-letter.ts";
import type { FieldChange } from "../../_letters/letter-detail.ts";
import { hidden } from "./deed-form.ts";
import { table, th } from "./format.ts";
import type { Visit } from "./frame.ts";
import type { PageContent } from "./layout.ts";
import { letterPath } from "./letters.ts";

export interface Draft {
  readonly letter: string;
  /** JSON as it stands in the editor. */
  readonly text: string;
  readonly reason: string;
}

/** The editor: what is typed is compared before anything is written. */
export function editorPage(draft: Draft, { csrf }: Visit, problem?: string): PageContent {
  return {
    title: `Edit ${draft.letter}`,
    body: html`<p><a href="${letterPath(draft.letter)}">Back to the letter</a></p>
<h1>Edit the event</h1>
<p class="soft"><code>${draft.letter}</code>. A replay sends the edited event; the original stays in the DLQ.</p>
${problem === undefined ? "" : html`<p class="note bad" role="alert">${problem}</p>`}
<form class="panel" method="post" action="${letterPath(draft.letter)}/edit">${hidden("csrf", csrf)}${hidden("step", "compare")}
<label for="e-event">Event as JSON; <code>type</code> names the record</label>
<textarea id="e-event" name="event" spellcheck="false" autocomplete="off" required>${{ html: `\n${html`${draft.text}`.html}` }}</textarea>
<label for="e-reason">Reason, for the audit trail</label><input id="e-reason" name="reason" required maxlength="1000" value="${draft.reason}" autocomplete="off">
<div class="row"><button>Compare</button></div></form>`,
  };
}

/** The comparison, with the way back to the editor and on to writing it. */
export function comparePage(draft: Draft, result: EditResult, { csrf }: Visit): PageContent {
  const carried = html`${hidden("csrf", csrf)}${hidden("event", draft.text)}${hidden("reason", draft.reason)}`;
  const again = (step: string, button: Html) =>
    html`<form method="post" action="${letterPath(draft.letter)}/edit">${carried}${hidden("step", step)}${button}</form>`;
  return {
    title: `Compare ${draft.letter}`,
    body: html`<h1>What the edit changes</h1>
<p class="soft"><code>${draft.letter}</code>: ${draft.reason}</p>
${result.changes.length === 0 ? html`<p class="note">Nothing: it equals what stands.</p>` : diffTable(result.changes)}
<div class="row">${result.changes.length === 0 ? "" : again("write", html`<button>Keep this edit</button>`)}${again("again", html`<button class="quiet">Edit further</button>`)}<a class="button quiet" href="${letterPath(draft.letter)}">Leave it</a></div>`,
  };
}

export function diffTable(changes: readonly FieldChange[]): Html {
  return table(
    "Changes",
    [th("Field"), th("Before"), th("After")],
    changes.map(
      ({ path, before, after }) =>
        html`<tr><th scope="row"><code>${path}</code></th><td><del><code>${shown(before)}</code></del></td><td><ins><code>${shown(after)}</code></ins></td></tr>`,
    ),
  );
}

function shown(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}
