import type { Config, Worker } from "../../workers/_runtime/mod.ts";
import { STOP_MARGIN_MS } from "../run.ts";

/** Before a pod of a service is told to stop: until then new connections still come. */
export const PRE_STOP_SECONDS = 5;
/** Beyond its timeout an attempt may take so long to end. */
const DRAIN_MS = 10_000;
/** Of a slow node, from SIGKILL's side. */
const MARGIN_SECONDS = 15;

/** When running handlers are abandoned after SIGTERM, ms: none before its own timeout is over. */
export function shutdownMs({ timeoutMs, reads }: Worker, { runtime }: Pick<Config, "runtime">): number {
  return reads.length === 0 ? runtime.shutdownMs : Math.max(runtime.shutdownMs, timeoutMs + DRAIN_MS);
}

/** From SIGTERM to the process' own end at the latest: drain, commit, leave the group, let resources go; seconds. */
export function stopSeconds(drainMs: number): number {
  return Math.ceil((drainMs + STOP_MARGIN_MS) / 1000);
}

/** What `terminationGracePeriodSeconds` must be at least. */
export function graceSeconds(drainMs: number, isService: boolean): number {
  return stopSeconds(drainMs) + MARGIN_SECONDS + (isService ? PRE_STOP_SECONDS : 0);
}
