import { at, listAt, textAt, textsAt } from "./fields.ts";
import type { Rule } from "./finding.ts";
import { deployments } from "./fleet-rules.ts";
import { mainContainer } from "./pods.ts";
import { ofKind, titleOf } from "./scene.ts";
import { selectsLabels } from "./selector.ts";

const METRICS = "/metrics";

export const monitorRules: readonly Rule[] = [
  {
    id: "not-scraped",
    why: "Prometheus knows nothing of it: one alarm says that it is missing, all others stay silent",
    find: (scene) => {
      const monitors = ofKind(scene, "PodMonitor");
      // Somebody may scrape by other means, and then all of them.
      if (monitors.length === 0) return [];
      return deployments(scene)
        .filter(([each]) => {
          const labels = textsAt(each, "spec", "template", "metadata", "labels");
          const ports = listAt(mainContainer(each), "ports").map((port) => textAt(port, "name"));
          return !monitors.some(
            (monitor) =>
              selectsLabels(at(monitor, "spec", "selector"), labels) &&
              listAt(monitor, "spec", "podMetricsEndpoints").some(
                (endpoint) =>
                  (textAt(endpoint, "path") ?? METRICS) === METRICS &&
                  ports.includes(textAt(endpoint, "port") ?? ""),
              ),
          );
        })
        .map(([each]) => ({
          ...{ object: titleOf(each), field: "" },
          message: `no PodMonitor reads ${METRICS} at a port of its pods`,
          fix: "run 'boxoffice k8s generate': components/monitors has one a worker",
        }));
    },
  },
];
