import Table from "cli-table3";
import type { State } from "./state.ts";

/** What runs, for people. */
export function table(state: State, answers?: ReadonlyMap<string, boolean>): string {
  const head = ["service", "url", "pid", ...(answers === undefined ? [] : ["answers"])];
  const rows = new Table({ head, style: { head: [], border: [] } });
  for (const { name, url, pid } of state.services) {
    const told = answers === undefined ? [] : [answers.get(name) ? "yes" : "no"];
    rows.push([name, url, pid ?? "", ...told]);
  }
  return rows.toString();
}

/** `export NAME=value` lines for a shell. */
export function exports(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join("");
}
