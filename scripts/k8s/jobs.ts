import type { Declarations } from "./declarations.ts";
import { serviceAccount } from "./deployment.ts";
import { labelsOf, type Manifest } from "./manifest.ts";
import { jobPolicy } from "./network-policy.ts";
import { podTemplate } from "./pod.ts";

interface JobOptions {
  readonly name: JobName;
  readonly user: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Before it is given up, seconds. */
  readonly deadlineSeconds: number;
  readonly retries: number;
}

/** What each job reaches; their network policies follow from it. */
export const JOB_NEEDS = {
  "topics-apply": ["KAFKA_BROKERS"],
  "schemas-register": ["SCHEMA_REGISTRY_URL"],
  "dlq-replay": ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL", "REDIS_URL"],
} as const;

type JobName = keyof typeof JOB_NEEDS;

/** What must be through before workers roll: the topics they route to, the schemas they write. */
export function prepareJobs(declarations: Declarations): readonly Manifest[] {
  return [
    ...job(declarations, {
      name: "topics-apply",
      user: "deploy",
      args: ["topics", "apply", "--json"],
      deadlineSeconds: 600,
      retries: 3,
    }),
    ...job(declarations, {
      name: "schemas-register",
      user: "deploy",
      args: ["schemas", "register"],
      deadlineSeconds: 600,
      retries: 3,
    }),
  ];
}

/** Puts the letters of a plan back to work; an overlay names the plan. Said again, it goes on. */
export function replayJob(declarations: Declarations): readonly Manifest[] {
  return job(declarations, {
    name: "dlq-replay",
    user: "operator",
    args: ["dlq", "replay", "--plan", "$(REPLAY_PLAN)", "--canary", "10", "--yes", "--json"],
    env: { BOXOFFICE_OPERATOR: "kubernetes-job", REPLAY_PLAN: "fill-in" },
    deadlineSeconds: 6 * 3600,
    retries: 2,
  });
}

const RESOURCES = { requests: { cpu: "100m", memory: "192Mi" }, limits: { memory: "512Mi" } };
const KEPT_SECONDS = 3600;

function job(declarations: Declarations, options: JobOptions): readonly Manifest[] {
  const { name, user, args, env, deadlineSeconds, retries } = options;
  const needs = JOB_NEEDS[name];
  const template = podTemplate({
    ...{ name, user, args, needs, graceSeconds: 30, restartPolicy: "Never" },
    ...(env && { env }),
    container: { resources: RESOURCES },
  });
  return [
    serviceAccount(name),
    jobPolicy(declarations, name, needs),
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name, labels: labelsOf(name) },
      spec: {
        backoffLimit: retries,
        activeDeadlineSeconds: deadlineSeconds,
        ttlSecondsAfterFinished: KEPT_SECONDS,
        template,
      },
    },
  ];
}
