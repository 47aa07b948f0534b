import type { dashboardJson } from "../../../scripts/monitoring/dashboards/dashboard.ts";

export interface PanelQuery {
  readonly title: string;
  /** With Grafana's variables filled in as for all workers. */
  readonly expr: string;
}

interface Shown {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

/** Every query of a dashboard's file, as Grafana would send it. */
export function panelQueries(text: string): PanelQuery[] {
  const { panels }: Pick<ReturnType<typeof dashboardJson>, "panels"> = JSON.parse(text);
  return panels.flatMap((panel) => {
    // As `placed.ts` makes them; rows have no targets.
    const { title, targets = [] } = panel as Shown;
    return targets.map(({ expr }) => ({ title, expr: filledIn(expr) }));
  });
}

function filledIn(expr: string): string {
  return expr
    .replaceAll("$__rate_interval", "5s")
    .replaceAll('worker="$worker"', 'worker=~".*"')
    .replaceAll("$worker", ".*")
    .replaceAll("$instance", ".*");
}
