import { type Html, html } from "../../_html/mod.ts";

/** 40000 as `40,000`. */
export function count(number: number): string {
  return Math.round(number).toLocaleString("en");
}

/** A point in time, exact to the second and in UTC: what the on-call compares with logs. */
export function moment(ms: number | undefined): Html {
  if (ms === undefined || !Number.isFinite(ms) || Math.abs(ms) > 8.64e15)
    return html`<span class="soft">unknown</span>`;
  const iso = new Date(ms).toISOString();
  return html`<time class="nowrap" datetime="${iso}">${iso.slice(0, 19).replace("T", " ")}</time>`;
}

const UNITS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
] as const;

/** The largest unit that leaves a number of at least 1, e.g. `3 d`, `20 min`. */
export function span(ms: number): string {
  for (const [unit, name] of UNITS) if (ms >= unit) return `${Math.floor(ms / unit)} ${name}`;
  return `${Math.max(0, Math.round(ms))} ms`;
}

export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  return size < 1_000_000 ? `${(size / 1000).toFixed(1)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}

/** A table that scrolls on a narrow screen, also by keyboard. */
export function table(label: string, head: readonly Html[], rows: readonly Html[]): Html {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table>
<thead><tr>${head}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

export function th(text: string, kind = ""): Html {
  return html`<th scope="col" class="${kind}">${text}</th>`;
}

export function facts(rows: readonly (readonly [name: string, value: Html | string | undefined])[]): Html {
  return html`<dl>${rows
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

export function plural(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}
