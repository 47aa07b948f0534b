import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Guard } from "../stack/guard.ts";

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Standard output and error, appended. */
  readonly logFile: string;
}

/** One life of a process; `ended` resolves, never rejects, with how it ended. */
export interface Running {
  /** Undefined once it has ended, or when it could not be started. */
  readonly pid: number | undefined;
  readonly ended: Promise<string>;
  /** SIGTERM, after `patienceMs` SIGKILL; resolves when it has ended. */
  stop(patienceMs: number): Promise<void>;
}

/** Starts a process that the guard ends when this one is killed. */
export function startProcess(spec: ProcessSpec, guard: Guard): Running {
  const child = spawnEnrolled(spec, guard);
  const alive = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once("error", (error) => resolve(error.message));
  });
  void ended.then(() => child.pid !== undefined && guard.gone(child.pid));
  return {
    get pid() {
      return alive() ? child.pid : undefined;
    },
    ended,
    async stop(patienceMs) {
      if (!alive()) return;
      child.kill("SIGTERM");
      // A stopped process hears of SIGTERM only when it goes on.
      child.kill("SIGCONT");
      const late = setTimeout(() => child.kill("SIGKILL"), patienceMs);
      await ended;
      clearTimeout(late);
    },
  };
}

/** The child names itself to the guard before it becomes the worker: no instant in which nobody knows it. */
function spawnEnrolled(spec: ProcessSpec, guard: Guard): ChildProcess {
  const log = openSync(spec.logFile, "a");
  const enrol = 'echo "pid $$" >&3; exec 3>&-; exec "$@"';
  try {
    return spawn("/bin/sh", ["-c", enrol, "sh", spec.command, ...spec.args], {
      // A session of its own: Ctrl-C reaches us alone, and we decide in which order things end.
      detached: true,
      stdio: ["ignore", log, log, guard.pipe],
      env: spec.env,
    });
  } finally {
    closeSync(log);
  }
}
