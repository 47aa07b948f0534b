import { dashboardJson } from "./dashboard.ts";
import { deadLetters } from "./dead-letters.ts";
import { fleet } from "./fleet.ts";
import { worker } from "./worker.ts";

/** Every dashboard by its name. */
export const DASHBOARDS = new Map([fleet, worker, deadLetters].map((each) => [each.name, each]));

/** The file that Grafana is given for each, by name. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  return new Map(
    [...DASHBOARDS].map(([name, each]) => [name, `${JSON.stringify(dashboardJson(each), null, 2)}\n`]),
  );
}
