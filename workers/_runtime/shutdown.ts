import type { Logger } from "pino";
import { exitCodes } from "./exit-codes.ts";

type Signal = "SIGTERM" | "SIGINT";

/** The part of `process` that is used. */
export interface ProcessLike {
  on(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
  exit(code: number): void;
}

export interface ShutdownOptions {
  /** From the first signal until the process exits in any case (code 1), ms. */
  readonly deadlineMs: number;
  readonly log: Logger;
}

/**
 * On the first SIGTERM or SIGINT runs `stop` and exits 0; 1 when it fails or outlives the deadline. A second
 * signal exits at once, 1: somebody is waiting at a terminal. An uncaught exception or rejection is a bug:
 * logged, exit 70, and no attempt to go on in a state nobody knows.
 *
 * A closed pipe is not a shutdown. Node ignores SIGPIPE, and EPIPE comes as an error of the stream that was
 * written to: a worker whose log reader went away must finish its transactions like any other, and a socket
 * that broke is its own client's business. So neither is listened to here; EPIPE of the log's own stream is
 * dropped by pino.
 *
 * As PID 1 of a container a process has no default signal handlers: without this SIGTERM would be ignored.
 * @returns what takes the listeners off again
 */
export function onShutdown(
  target: ProcessLike,
  { deadlineMs, log }: ShutdownOptions,
  stop: (signal: Signal) => Promise<void>,
): () => void {
  let stopping = false;
  let deadline: NodeJS.Timeout | undefined;
  const onSignal = (value: unknown): void => {
    const signal: Signal = value === "SIGINT" ? "SIGINT" : "SIGTERM";
    if (stopping) {
      log.warn({ signal }, "a second signal: exiting at once");
      target.exit(exitCodes.no);
      return;
    }
    stopping = true;
    log.info({ signal, deadlineMs }, "shutting down");
    deadline = setTimeout(() => {
      log.error({ deadlineMs }, "shutdown outlived its deadline: exiting");
      target.exit(exitCodes.no);
    }, deadlineMs);
    runStop(stop, signal, log).then((code) => {
      clearTimeout(deadline);
      target.exit(code);
    });
  };
  const onUncaught = (error: unknown): void => {
    log.fatal({ err: error }, "a bug: uncaught, exiting");
    target.exit(exitCodes.bug);
  };
  const listeners = {
    SIGTERM: onSignal,
    SIGINT: onSignal,
    uncaughtException: onUncaught,
    unhandledRejection: onUncaught,
  };
  for (const [event, listener] of Object.entries(listeners)) target.on(event, listener);
  return () => {
    clearTimeout(deadline);
    for (const [event, listener] of Object.entries(listeners)) target.off(event, listener);
  };
}

async function runStop(
  stop: (signal: Signal) => Promise<void>,
  signal: Signal,
  log: Logger,
): Promise<number> {
  try {
    await stop(signal);
    return exitCodes.fine;
  } catch (error) {
    log.error({ err: error }, "shutdown failed: exiting");
    return exitCodes.no;
  }
}
