import { collectDefaultMetrics, Registry } from "prom-client";
import { gauge, registered } from "./metric.ts";

/** What every worker's process says of itself, beside Node's own metrics. */
export const processMetrics = {
  buildInfo: gauge({
    name: "build_info",
    unit: "always 1",
    help: "What runs: the labels say it",
    labels: {
      version: "one a process",
      commit: "one a process; unknown where the sources are no git checkout",
      node: "one a process",
    },
  }),
};

export interface ProcessIdentity {
  readonly worker: string;
  /** @default "unknown" */
  readonly build?: string;
  /** Undefined: the sources are no git checkout. */
  readonly commit?: string | undefined;
}

/** A registry of one worker's process, whose name every series in it carries. */
export function processRegistry({
  worker,
  build = "unknown",
  commit = "unknown",
}: ProcessIdentity): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ worker });
  collectDefaultMetrics({ register: registry });
  const { buildInfo } = registered(registry, processMetrics);
  buildInfo.set({ version: build, commit, node: process.version }, 1);
  return registry;
}
