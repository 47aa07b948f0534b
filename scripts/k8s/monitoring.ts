import { dashboardFiles } from "../monitoring/dashboards/all.ts";
import { ruleGroups } from "../monitoring/rules.ts";
import { FLEET, labelsOf, type Manifest } from "./manifest.ts";

/** What Grafana's sidecar looks for, in the charts that bring one. */
const DASHBOARD_LABEL = { grafana_dashboard: "1" } as const;

/** The rules of `boxoffice monitoring rules`, for the Prometheus operator. */
export function prometheusRule(workers: readonly string[]): Manifest {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name: FLEET, labels: labelsOf(FLEET) },
    spec: ruleGroups({ workers }),
  };
}

/** A ConfigMap a dashboard. */
export function dashboardMaps(): readonly Manifest[] {
  return [...dashboardFiles()].map(([name, text]) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `${FLEET}-dashboard-${name}`, labels: { ...labelsOf(FLEET), ...DASHBOARD_LABEL } },
    data: { [`${FLEET}-${name}.json`]: text },
  }));
}
