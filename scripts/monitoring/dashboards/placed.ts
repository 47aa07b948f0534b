import { runbookOf } from "../alert.ts";
import type { Panel, Section } from "./panel.ts";
import { RUNBOOKS_URL, SOURCE } from "./variables.ts";

const WIDTH = 24;
const HEIGHT = { lines: 8, now: 4 } as const;

/** Grafana's panels, from left to right and top to bottom, each section below its heading. */
export function placed(sections: readonly Section[]): readonly object[] {
  const panels: object[] = [];
  let id = 1;
  let y = 0;
  for (const { title, panels: own } of sections) {
    panels.push({
      id: id++,
      type: "row",
      title,
      collapsed: false,
      gridPos: { x: 0, y: y++, w: WIDTH, h: 1 },
      panels: [],
    });
    let x = 0;
    let tallest = 0;
    for (const panel of own) {
      const [w, h] = [panel.width ?? 8, HEIGHT[panel.shows]];
      if (x + w > WIDTH) {
        [x, y, tallest] = [0, y + tallest, 0];
      }
      panels.push(panelJson(id++, panel, { x, y, w, h }));
      [x, tallest] = [x + w, Math.max(tallest, h)];
    }
    y += tallest;
  }
  return panels;
}

function panelJson(id: number, panel: Panel, gridPos: Readonly<Record<"x" | "y" | "w" | "h", number>>) {
  const { title, help, shows, queries, unit, alert } = panel;
  return {
    id,
    title,
    ...(help !== undefined && { description: help }),
    type: shows === "lines" ? "timeseries" : "stat",
    datasource: SOURCE,
    gridPos,
    targets: queries.map(({ expr, legend }, i) => ({
      ...{ refId: String.fromCharCode(65 + i), datasource: SOURCE, expr, legendFormat: legend },
      ...(shows === "now" ? { instant: true, range: false } : { instant: false, range: true }),
    })),
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        thresholds: thresholds(panel),
        color: { mode: shows === "lines" ? "palette-classic" : "thresholds" },
        ...(shows === "lines" && {
          custom: {
            lineWidth: 1,
            fillOpacity: 10,
            showPoints: "never",
            spanNulls: false,
            thresholdsStyle: { mode: panel.limit === undefined ? "off" : "line" },
          },
        }),
      },
      overrides: [],
    },
    options:
      shows === "lines"
        ? {
            legend: { displayMode: "list", placement: "bottom", showLegend: true },
            tooltip: { mode: "multi", sort: "desc" },
          }
        : {
            reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
            ...{ colorMode: "value", graphMode: "none", textMode: "auto" },
          },
    links:
      alert === undefined
        ? []
        : [{ title: "Runbook", url: `${RUNBOOKS_URL}/${runbookOf(alert)}.md`, targetBlank: true }],
  };
}

function thresholds({ limit, lowIsBad = false }: Panel) {
  const [from, to] = lowIsBad ? ["red", "green"] : ["green", "red"];
  return {
    mode: "absolute",
    steps: [
      { color: limit === undefined ? "green" : from, value: null },
      ...(limit === undefined ? [] : [{ color: to, value: limit }]),
    ],
  };
}
