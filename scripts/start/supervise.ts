import type { Guard } from "../stack/guard.ts";
import { type ProcessSpec, type Running, startProcess } from "./process.ts";
import { watchReadiness } from "./readiness.ts";
import { RESTART, type RestartPolicy, restart } from "./restart.ts";
import { tailOf } from "./tail.ts";

export interface SupervisedSpec extends ProcessSpec {
  /** Answers 200 once it is ready. */
  readonly readyUrl: string;
  /** From SIGTERM to SIGKILL. @default 15_000 */
  readonly stopMs?: number;
  readonly restart?: RestartPolicy;
}

export type SupervisedNews =
  | { readonly is: "ready"; readonly ms: number }
  | { readonly is: "died"; readonly how: string; readonly againAfterMs: number }
  | { readonly is: "given up"; readonly how: string; readonly lastLines: string };

/** One process that is started again when it dies. */
export interface Supervised {
  readonly name: string;
  readonly logFile: string;
  /** Undefined between two lives. */
  readonly pid: number | undefined;
  readonly ready: boolean;
  /** Lives that ended without our asking: each may have repeated what was under way. */
  readonly uncleanEnds: number;
  /** Resolves at the first readiness. @throws {Error} with its last lines, when it is given up before */
  whenReady(): Promise<void>;
  /** SIGTERM, later SIGKILL, and no restart; resolves when it has ended. */
  stop(): Promise<void>;
  /** Starts it again after `stop()`. */
  start(): void;
}

const STOP_MS = 15_000;

/** Starts the process and keeps it alive until `stop()`; the guard ends it if we are killed. */
export function supervise(
  spec: SupervisedSpec,
  guard: Guard,
  news: (news: SupervisedNews) => void,
): Supervised {
  const firstReady = Promise.withResolvers<void>();
  // Whoever doesn't wait for it hears of the end by `news`.
  firstReady.promise.catch(() => {});
  const state = { stopping: false, ready: false, uncleanEnds: 0, shortLives: 0 };
  let running: Running | undefined;
  let again: NodeJS.Timeout | undefined;

  const live = async () => {
    const started = performance.now();
    let wasReady = false;
    running = startProcess(spec, guard);
    const watch = watchReadiness(spec.readyUrl, (ready) => {
      state.ready = ready;
      if (!ready || wasReady) return;
      wasReady = true;
      firstReady.resolve();
      news({ is: "ready", ms: Math.round(performance.now() - started) });
    });
    const how = await running.ended;
    watch.stop();
    state.ready = false;
    if (state.stopping) return;
    state.uncleanEnds += 1;
    died({ ranMs: performance.now() - started, wasReady }, how);
  };

  const died = (life: { ranMs: number; wasReady: boolean }, how: string) => {
    const next = restart(life, state.shortLives, spec.restart ?? RESTART);
    state.shortLives = next.shortLives;
    if (next.is === "again") {
      news({ is: "died", how, againAfterMs: next.afterMs });
      again = setTimeout(() => void live(), next.afterMs);
      return;
    }
    const lastLines = tailOf(spec.logFile);
    const sentence = `Cannot keep ${spec.name} alive: it died ${next.shortLives} times in a row (${how})`;
    firstReady.reject(new Error(`${sentence}:\n${lastLines}\n(all of it: ${spec.logFile})`));
    news({ is: "given up", how, lastLines });
  };

  void live();
  return {
    name: spec.name,
    logFile: spec.logFile,
    get pid() {
      return running?.pid;
    },
    get ready() {
      return state.ready;
    },
    get uncleanEnds() {
      return state.uncleanEnds;
    },
    whenReady: () => firstReady.promise,
    async stop() {
      state.stopping = true;
      clearTimeout(again);
      firstReady.reject(new Error(`Cannot wait for ${spec.name} as it was stopped`));
      await running?.stop(spec.stopMs ?? STOP_MS);
    },
    start() {
      if (!state.stopping) return;
      state.stopping = false;
      void live();
    },
  };
}
