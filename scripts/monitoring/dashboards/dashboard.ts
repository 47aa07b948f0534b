import type { Section } from "./panel.ts";
import { placed } from "./placed.ts";
import { CONSOLE_URL, RUNBOOKS_URL, SOURCE, type Variable, variables } from "./variables.ts";

export interface Dashboard {
  /** Stable: part of its address, and of its file's name. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Labels that it can be narrowed to. */
  readonly choices: readonly Variable[];
  readonly sections: readonly Section[];
}

/** What Grafana reads of it; version 39 of its dashboards' schema (Grafana 10.4) and newer take it. */
export function dashboardJson({ name, title, description, choices, sections }: Dashboard) {
  return {
    uid: `boxoffice-${name}`,
    title: `Boxoffice / ${title}`,
    description,
    tags: ["boxoffice"],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: "30s",
    time: { from: "now-1h", to: "now" },
    timezone: "browser",
    annotations: { list: [firings()] },
    links: [
      { ...LINK, type: "dashboards", title: "Boxoffice", tags: ["boxoffice"], asDropdown: true, url: "" },
      { ...LINK, type: "link", title: "Console", tags: [], url: CONSOLE_URL, targetBlank: true },
      { ...LINK, type: "link", title: "Runbooks", tags: [], url: RUNBOOKS_URL, targetBlank: true },
    ],
    templating: { list: variables(choices) },
    panels: placed(sections),
  };
}

const LINK = {
  icon: "external link",
  tooltip: "",
  includeVars: true,
  keepTime: true,
  asDropdown: false,
  targetBlank: false,
} as const;

/** Alerts that fire, as marks over every panel. */
function firings() {
  return {
    name: "Alerts",
    datasource: SOURCE,
    enable: true,
    iconColor: "red",
    expr: 'ALERTS{alertname=~"Boxoffice.+", alertstate="firing"}',
    titleFormat: "{{alertname}}",
    textFormat: "{{severity}} {{worker}} {{topic}} {{dlq}}",
    step: "30s",
  };
}
