import { durationMs } from "../../../workers/_runtime/duration.ts";
import type { Worker } from "../../../workers/_runtime/mod.ts";
import { mostReplicas } from "../declarations.ts";
import { MIN_READY_SECONDS } from "../deployment.ts";
import { graceSeconds, PRE_STOP_SECONDS, shutdownMs } from "../grace.ts";
import { httpPortOf } from "../http-port.ts";
import { at, numberAt, textAt } from "./fields.ts";
import type { Found, Rule } from "./finding.ts";
import { argsOf, mainContainer, podOf, variablesOf } from "./pods.ts";
import { appOf, named, ofKind, podMakers, type Scene, titleOf } from "./scene.ts";

const GENERATE = "run 'boxoffice k8s generate', and have the overlay's kustomization.yaml include ../../base";

export const fleetRules: readonly Rule[] = [
  {
    id: "worker-without-manifest",
    why: "nothing would run it: its topics fill up and nobody reads them",
    find: (scene) =>
      (scene.hasFleet ? scene.declarations.workers : [])
        .filter(({ name }) => named(scene, "Deployment", name) === undefined)
        .map(({ name }) => ({
          ...{ object: "", field: "" },
          message: `worker '${name}' is declared and has no Deployment`,
          fix: GENERATE,
        })),
  },
  {
    id: "manifest-without-worker",
    why: "its pods would end with 'no such worker' for ever",
    find: (scene) =>
      ofKind(scene, "Deployment")
        .filter((each) => podMakers(scene).includes(each) && workerOf(scene, appOf(each)) === undefined)
        .map((each) => ({
          ...{ object: titleOf(each), field: "" },
          message: `no worker '${appOf(each)}' is declared`,
          fix: "remove it, or declare the worker in workers/",
        })),
  },
  {
    id: "wrong-command",
    why: "the pod would run something else than its name says, with that one's permissions",
    find: (scene) =>
      deployments(scene).flatMap(([each, { name }]) => {
        const args = argsOf(each);
        if (args.join(" ") === `run ${name}`) return [];
        return [
          {
            ...{ object: titleOf(each), field: "spec.template.spec.containers.0.args" },
            message: `it runs 'boxoffice ${args.join(" ")}', not 'boxoffice run ${name}'`,
            fix: `args: [run, ${name}]`,
          },
        ];
      }),
  },
  {
    id: "grace-below-timeout",
    why: "pods are killed in the middle of a handler, then its record is handled again",
    find: graceTooShort,
  },
  {
    id: "replicas-over-partitions",
    why: "the pods too many read nothing, and each that comes or goes stops the whole group",
    find: (scene) =>
      deployments(scene).flatMap(([each, worker]) => {
        const replicas = numberAt(each, "spec", "replicas");
        if (worker.reads.length === 0 || replicas === undefined) return [];
        const most = mostReplicas(scene.declarations, worker);
        if (replicas <= most) return [];
        return [
          {
            ...{ object: titleOf(each), field: "spec.replicas" },
            message: `${replicas} replicas for ${most} partitions`,
            fix: `at most ${most}, or more partitions (TOPIC_PARTITIONS)`,
          },
        ];
      }),
  },
  {
    id: "rollout-surges",
    why: "a new member before the old one has left makes the group rebalance twice for each pod",
    find: (scene) =>
      deployments(scene).flatMap(([each, worker]) => {
        if (worker.reads.length === 0) return [];
        const surge = numberAt(each, "spec", "strategy", "rollingUpdate", "maxSurge");
        if (surge === 0) return [];
        return [
          {
            ...{ object: titleOf(each), field: "spec.strategy.rollingUpdate.maxSurge" },
            message: `maxSurge is ${surge ?? "25 % (the default)"} for a consumer group`,
            fix: "maxSurge: 0, maxUnavailable: 1",
          },
        ];
      }),
  },
  {
    id: "rollout-in-a-rush",
    why: "the next pod goes before the last one has settled in the group, which stands still meanwhile",
    find: (scene) =>
      deployments(scene).flatMap(([each, worker]) => {
        const strategy = ["spec", "strategy", "rollingUpdate", "maxUnavailable"];
        const most = at(each, ...strategy);
        const seconds = numberAt(each, "spec", "minReadySeconds") ?? 0;
        const object = titleOf(each);
        return [
          ...(seconds > 0
            ? []
            : [
                {
                  ...{ object, field: "spec.minReadySeconds", message: "it is missing" },
                  fix: `minReadySeconds: ${MIN_READY_SECONDS}`,
                },
              ]),
          ...(worker.reads.length === 0 || most === 1
            ? []
            : [
                {
                  ...{ object, field: strategy.join("."), message: `it is ${most ?? "25 % (the default)"}` },
                  fix: "maxSurge: 0, maxUnavailable: 1",
                },
              ]),
        ];
      }),
  },
  {
    id: "wrong-probe",
    why: "a probe that asks for too much kills pods in an outage, one that asks for nothing keeps stuck ones",
    find: wrongProbes,
  },
];

function workerOf({ declarations }: Scene, name: string): Worker | undefined {
  return declarations.workers.find((each) => each.name === name);
}

/** Deployments of declared workers. */
export function deployments(scene: Scene) {
  return ofKind(scene, "Deployment").flatMap((each) => {
    const worker = workerOf(scene, appOf(each));
    return worker === undefined ? [] : [[each, worker] as const];
  });
}

function graceTooShort(scene: Scene): readonly Found[] {
  const { declarations, settings } = scene;
  return deployments(scene).flatMap(([each, worker]) => {
    const object = titleOf(each);
    const least = shutdownMs(worker, declarations.config);
    const given = variablesOf(each).get("SHUTDOWN_DEADLINE") ?? settings.get("SHUTDOWN_DEADLINE");
    const drain = given === undefined ? least : (milliseconds(given) ?? 0);
    if (drain < least)
      return [
        {
          ...{ object, field: "spec.template.spec.containers.0.env" },
          message: `SHUTDOWN_DEADLINE is ${given}: shorter than the handler's timeout of ${worker.timeoutMs} ms and its end`,
          fix: `SHUTDOWN_DEADLINE: ${least}ms`,
        },
      ];
    const isService = httpPortOf(worker.name, declarations.config) !== undefined;
    // The grace period begins with the hook, not with SIGTERM.
    const hook = numberAt(mainContainer(each), "lifecycle", "preStop", "sleep", "seconds") ?? 0;
    const before = Math.max(hook, isService ? PRE_STOP_SECONDS : 0);
    const wanted = graceSeconds(drain, false) + before;
    const grace = numberAt(podOf(each), "terminationGracePeriodSeconds") ?? 30;
    if (grace >= wanted) return [];
    const stop = before > 0 ? ` and ${before} s before it is told` : "";
    return [
      {
        ...{ object, field: "spec.template.spec.terminationGracePeriodSeconds" },
        message: `${grace} s, and it takes ${drain} ms to drain, then it commits and leaves${stop}: ${wanted} s`,
        fix: `terminationGracePeriodSeconds: ${wanted}`,
      },
    ];
  });
}

function milliseconds(text: string): number | undefined {
  try {
    return durationMs(text);
  } catch {
    return undefined;
  }
}

const PROBES = { startupProbe: "/livez", livenessProbe: "/livez", readinessProbe: "/readyz" } as const;

function wrongProbes(scene: Scene): readonly Found[] {
  return deployments(scene).flatMap(([each]) =>
    Object.entries(PROBES).flatMap(([probe, path]) => {
      const get = ["httpGet"] as const;
      const container = mainContainer(each);
      const [is, port] = [textAt(container, probe, ...get, "path"), textAt(container, probe, ...get, "port")];
      if (is === path && port === "health") return [];
      return [
        {
          ...{ object: titleOf(each), field: `spec.template.spec.containers.0.${probe}` },
          message: `it asks ${is === undefined ? "nothing by HTTP" : `'${is}' at port '${port}'`}`,
          fix: `httpGet: {path: ${path}, port: health}`,
        },
      ];
    }),
  );
}
