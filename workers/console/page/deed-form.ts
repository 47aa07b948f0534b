import { type Html, html } from "../../_html/mod.ts";

/** A hidden field. */
export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

/** The one field that every deed wants. */
export function reasonField(id: string): Html {
  return html`<div class="wide"><label for="${id}">Reason, for the audit trail</label><input id="${id}" name="reason" required maxlength="1000" autocomplete="off"></div>`;
}

export interface NumberField {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly value?: number | undefined;
  readonly min?: number;
  readonly max?: number;
  /** @default 1 */
  readonly step?: number;
}

export function numberField({ id, name, label, value, min = 0, max, step = 1 }: NumberField): Html {
  return html`<div><label for="${id}">${label}</label><input id="${id}" name="${name}" type="number" min="${min}"${max === undefined ? "" : html` max="${max}"`} step="${step}" value="${value ?? ""}"></div>`;
}
