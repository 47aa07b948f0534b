import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";

/** The launcher, as a shell would call it. */
export const LAUNCHER = join(resolve(import.meta.dirname, ".."), "bin", "boxoffice.js");

/** What a command printed and how it ended. */
export interface CommandResult {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command under way. */
export interface RunningCommand {
  readonly child: ChildProcess;
  /** Resolves with all that stdout said once it matches; rejects if the command ends before. */
  said(pattern: RegExp): Promise<string>;
  /** Resolves once stderr holds the text; rejects if the command ends before. */
  complained(text: string): Promise<void>;
  readonly result: Promise<CommandResult>;
}

/** Variables that would make a stack use what already runs for other tests. */
const SHARED = ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL", "REDIS_URL", "SMTP_URL", "SMTP_CATCHER_URL"];

/** The environment without the shared stack. */
export function bareEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !SHARED.includes(name));
  return { ...Object.fromEntries(kept), ...more };
}

/** Starts `boxoffice …` by `command` (this Node by default), away from the shared stack. */
export function startCommand(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  command: readonly [string, ...string[]] = [process.execPath, LAUNCHER],
): RunningCommand {
  const [file, ...first] = command;
  const child = spawn(file, [...first, ...words], {
    env: bareEnvironment(env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
  });
  child.stdout.on("data", (chunk) => {
    stdout += String(chunk);
  });
  const result = once(child, "close").then(([code]): CommandResult => ({ code, stdout, stderr }));
  return {
    child,
    result,
    async said(pattern) {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const look = (): void => {
        if (pattern.test(stdout)) resolve(stdout);
      };
      child.stdout.on("data", look);
      look();
      void result.then(({ code }) =>
        reject(new Error(`it ended with ${code} and never said ${pattern}:\n${stdout}\n${stderr}`)),
      );
      return promise;
    },
    async complained(text) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const look = (): void => {
        if (stderr.includes(text)) resolve();
      };
      child.stderr.on("data", look);
      look();
      void result.then(({ code }) =>
        reject(new Error(`it ended with ${code} and never complained '${text}':\n${stdout}\n${stderr}`)),
      );
      return promise;
    },
  };
}

/** Runs `boxoffice …` to its end. */
export function runCommand(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return startCommand(words, env).result;
}
