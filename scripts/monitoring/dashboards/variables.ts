import { RUNBOOKS } from "../rules.ts";

/** A choice above the panels. */
export interface Variable {
  readonly name: string;
  readonly label: string;
  /** Its values are this label's, of this metric. */
  readonly values: { readonly of: string; readonly label: string };
  /** Several, and all of them at first. @default false */
  readonly many?: boolean;
}

/** The Prometheus that was chosen; every panel asks it. */
export const SOURCE = { type: "prometheus", uid: "$datasource" } as const;
// Grafana fills them in, from text boxes that a site sets once.
export const CONSOLE_URL = "$console";
export const RUNBOOKS_URL = "$runbooks";

/** Grafana's variables: the Prometheus, what the dashboard may be narrowed to, where console and runbooks are. */
export function variables(choices: readonly Variable[]) {
  return [
    { name: "datasource", label: "Prometheus", type: "datasource", query: "prometheus", hide: 0 },
    ...choices.map(({ name, label, values, many = false }) => ({
      ...{ name, label, type: "query", datasource: SOURCE, hide: 0 },
      query: { query: `label_values(${values.of}, ${values.label})`, refId: name },
      ...{ refresh: 2, sort: 1, multi: many, includeAll: many },
      ...(many && { allValue: ".*", current: { text: "All", value: "$__all" } }),
    })),
    textBox("console", "Console", "https://console.boxoffice.example"),
    textBox("runbooks", "Runbooks", RUNBOOKS),
  ];
}

function textBox(name: string, label: string, query: string) {
  return { name, label, type: "textbox", query, current: { text: query, value: query }, hide: 2 };
}
