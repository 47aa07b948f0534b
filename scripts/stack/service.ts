import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { Unavailable } from "../../workers/_runtime/errors.ts";
import type { Guard } from "./guard.ts";

/** One child process of the stack. */
export interface ServiceSpec {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** @default "/" */
  readonly cwd?: string;
  /** Standard output and error, appended. */
  readonly logFile: string;
  /** Resolves once the service answers by its own protocol, rejects to be asked again. */
  readonly ready: (signal: AbortSignal) => Promise<void>;
  /** From SIGTERM to SIGKILL. @default 10_000 */
  readonly stopMs?: number;
}

/** A handle for tests too: everything that can happen to a dependency can be done to it. */
export interface Service {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  readonly logFile: string;
  /** Undefined while it doesn't run. */
  readonly pid: number | undefined;
  /** On the same port, with the same data as before; resolves when it answers. */
  start(signal?: AbortSignal): Promise<void>;
  /** SIGTERM, after 10 s SIGKILL. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing answers. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
}

/** Guards against what hangs: what dies is told at once, and a busy machine takes long. */
const READY_MS = 240_000;
const ANSWER_MS = 10_000;
const STOP_MS = 10_000;
const ASK_EVERY_MS = 50;

export function createService(spec: ServiceSpec, guard: Guard): Service {
  let child: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    child.once("exit", () => resolve());
    child.kill(signal);
    child.kill("SIGCONT");
    const late = setTimeout(() => child?.kill("SIGKILL"), spec.stopMs ?? STOP_MS);
    await promise;
    clearTimeout(late);
  };
  return {
    name: spec.name,
    port: spec.port,
    url: spec.url,
    logFile: spec.logFile,
    get pid() {
      return child?.exitCode === null && child.signalCode === null ? child.pid : undefined;
    },
    async start(signal = new AbortController().signal) {
      if (child?.exitCode === null && child.signalCode === null) return;
      signal.throwIfAborted();
      child = launch(spec, guard);
      await untilReady(spec, child, signal);
    },
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
  };
}

/** The child names itself to the guard before it becomes the service: no instant in which nobody knows it. */
function launch(spec: ServiceSpec, guard: Guard): ChildProcess {
  const log = openSync(spec.logFile, "a");
  const enrol = 'echo "pid $$" >&3; exec 3>&-; exec "$@"';
  const child = spawn("/bin/sh", ["-c", enrol, "sh", spec.command, ...spec.args], {
    detached: true,
    stdio: ["ignore", log, log, guard.pipe],
    env: { ...process.env, ...spec.env },
    cwd: spec.cwd ?? "/",
  });
  closeSync(log);
  child.once("exit", () => child.pid !== undefined && guard.gone(child.pid));
  child.unref();
  return child;
}

async function untilReady(spec: ServiceSpec, child: ChildProcess, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(READY_MS)]);
  for (let reason = "it didn't answer"; ; ) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Unavailable(
        spec.name,
        `Cannot start ${spec.name}: it ended at once:\n${tailOf(spec.logFile)}`,
      );
    }
    if (deadline.aborted) {
      signal.throwIfAborted();
      throw new Unavailable(
        spec.name,
        `Cannot start ${spec.name}: not ready after ${READY_MS / 1000} s (${reason}):\n${tailOf(spec.logFile)}`,
      );
    }
    try {
      return await spec.ready(AbortSignal.any([deadline, AbortSignal.timeout(ANSWER_MS)]));
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    await wait(ASK_EVERY_MS);
  }
}

function tailOf(file: string): string {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return `${lines.slice(-15).join("\n")}\n(all of it: ${file})`;
}
