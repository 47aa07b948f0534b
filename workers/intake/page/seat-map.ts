import type { Concert } from "../../../schemas/types.ts";
import { html } from "../../_html/mod.ts";
import { seatCount } from "../views.ts";
import { type Page, page } from "./page.ts";
import { seatMapScript } from "./seat-map-script.ts";

/** A hall that a person watches filling up; the states come by polling `/concerts/{id}/seats`. */
export function seatMapPage(concert: Concert): Page {
  const { concertId, name, hall, startsAt, rows, currency } = concert;
  const total = seatCount(concert);
  const begins = new Date(startsAt).toISOString();
  return page({
    title: `${name}, ${hall}: seats`,
    script: seatMapScript,
    data: { currency, rows },
    body: html`<header>
<p><a href="/">All concerts</a></p>
<h1>${name}</h1>
<p class="soft">${hall}, <time datetime="${begins}">${begins}</time>. ${total} seats.</p>
</header>
<main>
<ul class="legend" aria-label="Seats by state">
<li><span class="swatch"></span>free <strong id="count-free">${total}</strong></li>
<li><span class="swatch held"></span>held <strong id="count-held">0</strong></li>
<li><span class="swatch sold"></span>sold <strong id="count-sold">0</strong></li>
<li class="soft" id="status" role="status">Connecting</li>
</ul>
<noscript><p>The map needs JavaScript. <a href="/concerts/${encodeURIComponent(concertId)}/seats">The same as JSON</a>.</p></noscript>
<p class="soft" id="keys">Arrow keys move from seat to seat, Home and End along a row, Page Up and Page Down ten rows, F to the next free seat.</p>
<output class="readout" id="readout" aria-live="polite">Point at a seat, or move to it with the keys.</output>
<div class="stage">Stage</div>
<canvas class="map" id="map" tabindex="0" role="application" aria-roledescription="seat map" aria-label="Seats of ${hall}" aria-describedby="keys readout"></canvas>
<details id="by-row"><summary>Free seats by row</summary>
<table><thead><tr><th scope="col">Row</th><th scope="col" class="number">Price</th><th scope="col" class="number">Seats</th><th scope="col" class="number">Free</th></tr></thead>
<tbody>${rows.map(
      (row) =>
        html`<tr><th scope="row">${row.name}</th><td class="number">${row.price}</td><td class="number">${row.seats}</td><td class="number">${row.seats}</td></tr>`,
    )}</tbody></table></details>
</main>`,
  });
}
