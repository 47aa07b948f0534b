import type { Worker } from "../../workers/_runtime/mod.ts";
import { kafkaPrincipals } from "./acls.ts";
import type { Declarations } from "./declarations.ts";
import { deployment, disruptionBudget, serviceAccount } from "./deployment.ts";
import { httpPortOf } from "./http-port.ts";
import { JOB_NEEDS, prepareJobs, replayJob } from "./jobs.ts";
import { kafkaTopics, kafkaUser } from "./kafka-resources.ts";
import type { Manifest } from "./manifest.ts";
import { dashboardMaps, prometheusRule } from "./monitoring.ts";
import { denyAll, networkPolicy } from "./network-policy.ts";
import { endpointReplacements } from "./replacements.ts";
import { cpuAutoscaler, scaledObject } from "./scaled-object.ts";
import { httpRoute, ingress, podMonitor, service } from "./service.ts";
import { generated } from "./yaml.ts";

/** Every generated file by its path in `k8s/`, with its whole text. */
export function generatedFiles(declarations: Declarations): ReadonlyMap<string, string> {
  const { workers, topics, config } = declarations;
  const services = workers.filter(({ name }) => httpPortOf(name, config));
  const reading = workers.filter(({ reads }) => reads.length > 0);
  const jobs = Object.entries(JOB_NEEDS).map(([name, needs]) => ({ name, needs }));
  const base = workers.map(({ name }) => name);
  return new Map([
    ["base/kustomization.yaml", kustomization(["deny-all.yaml", ...base])],
    ["base/deny-all.yaml", generated(denyAll())],
    ...workers.flatMap((worker) => workerFiles(declarations, worker)),
    ["jobs/prepare/jobs.yaml", generated(denyAll(), ...prepareJobs(declarations))],
    ["jobs/replay/job.yaml", generated(denyAll(), ...replayJob(declarations))],
    ["components/endpoints/replacements.yaml", generated(endpointReplacements(declarations, jobs))],
    [
      "components/keda/scaled-objects.yaml",
      generated(...reading.map((each) => scaledObject(declarations, each))),
    ],
    ["components/monitors/pod-monitors.yaml", generated(...workers.map(({ name }) => podMonitor(name)))],
    ["components/alerts/prometheus-rule.yaml", generated(prometheusRule(base))],
    ["components/dashboards/config-maps.yaml", generated(...dashboardMaps())],
    ["components/ingress/ingresses.yaml", generated(...services.map(({ name }) => ingress(name)))],
    ["components/gateway/routes.yaml", generated(...services.map(({ name }) => httpRoute(name)))],
    ["components/strimzi/topics.yaml", generated(...kafkaTopics(topics))],
    ["components/strimzi/users.yaml", generated(...kafkaPrincipals(declarations).map(kafkaUser))],
  ]);
}

function workerFiles(declarations: Declarations, worker: Worker): readonly (readonly [string, string])[] {
  const { name } = worker;
  const { config } = declarations;
  const isHttp = httpPortOf(name, config) !== undefined;
  const objects: readonly (readonly [file: string, manifest: Manifest])[] = [
    ["deployment.yaml", deployment(declarations, worker)],
    ["service-account.yaml", serviceAccount(name)],
    ["service.yaml", service(name, config.health.port, isHttp)],
    ["disruption-budget.yaml", disruptionBudget(name)],
    ["network-policy.yaml", networkPolicy(declarations, worker)],
    ...(isHttp ? [["autoscaler.yaml", cpuAutoscaler(name)] as const] : []),
  ];
  return [
    [`base/${name}/kustomization.yaml`, kustomization(objects.map(([file]) => file))],
    ...objects.map(([file, manifest]) => [`base/${name}/${file}`, generated(manifest)] as const),
  ];
}

function kustomization(resources: readonly string[]): string {
  return generated({ apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources });
}
