import { type Html, html } from "../../_html/mod.ts";
import { count, span } from "./format.ts";

const WIDTH = 144;
const HEIGHT = 32;

export interface Trend {
  readonly steps: readonly number[];
  readonly from: number;
  readonly until: number;
}

/** Deaths over time as bars; told in words, too, for those who can't see them. */
export function trendPlot({ steps, from, until }: Trend): Html {
  if (steps.length === 0) return html``;
  const most = Math.max(1, ...steps);
  const width = WIDTH / steps.length;
  const bars = steps.map((deaths, i) => {
    const height = deaths === 0 ? 0 : Math.max(2, (deaths / most) * (HEIGHT - 1));
    return html`<rect x="${(i * width).toFixed(2)}" y="${(HEIGHT - 1 - height).toFixed(2)}" width="${Math.max(1, width - 1).toFixed(2)}" height="${height.toFixed(2)}"/>`;
  });
  const label = `${count(steps.reduce((sum, each) => sum + each, 0))} over ${span(until - from)}, at most ${count(most)} in a step; the last step ${count(steps.at(-1) ?? 0)}`;
  return html`<svg class="trend" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}"><title>${label}</title>${bars}<line x1="0" x2="${WIDTH}" y1="${HEIGHT - 0.5}" y2="${HEIGHT - 0.5}"/></svg>`;
}
