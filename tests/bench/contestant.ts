import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import type { Guard } from "../../scripts/stack/guard.ts";

/** What is handed to a contestant's process as `name=value` words. */
export type Words = Readonly<Record<string, string | number>>;

/** How a contestant's process is started: a TypeScript file of `peers/`, or a Java class. */
export type Program =
  | { readonly file: string; readonly nodeOptions?: readonly string[] }
  | { readonly javaClass: string; readonly command: string; readonly classPath: string };

/** What every contestant prints last, as one line of JSON. */
export interface Finish {
  readonly records: number;
  /** From the first record handled to the last. */
  readonly seconds: number;
  /** From the first record handled until the group's offsets stand behind the last. */
  readonly committedSeconds: number;
  /** User and system time of the process meanwhile. */
  readonly cpuSeconds: number;
  readonly rssMb: number;
  /** What one case asks for beyond that. */
  readonly more?: Readonly<Record<string, number>>;
}

export interface RunOptions {
  readonly guard: Guard;
  /** Its output goes to a file of this folder. */
  readonly logs: string;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/**
 * Runs one contestant to its end in a process of its own.
 * @throws {Error} with the end of its output, when it fails, says nothing, or takes too long.
 */
export async function runContestant(
  name: string,
  program: Program,
  words: Words,
  { guard, logs, timeoutSeconds, signal }: RunOptions,
): Promise<Finish> {
  const args = Object.entries(words).map(([word, value]) => `${word}=${value}`);
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
  const child = start(program, args, deadline);
  if (child.pid !== undefined) guard.pipe.write(`pid ${child.pid}\n`);
  const log = createWriteStream(join(logs, `${name.replaceAll(/\W+/g, "-")}.log`), { flags: "a" });
  let output = "";
  let complaints = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    output = (output + chunk).slice(-10_000);
    log.write(chunk);
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    complaints = (complaints + chunk).slice(-2_000);
    log.write(chunk);
  });
  const code = await ended(child);
  log.end();
  if (child.pid !== undefined) guard.gone(child.pid);
  signal.throwIfAborted();
  if (deadline.aborted)
    throw new Error(
      `'${name}' did not finish within ${timeoutSeconds} s: ${complaints.trim() || output.trim() || "no output"}`,
    );
  const last = output.trimEnd().split("\n").at(-1) ?? "";
  if (code !== 0 || !last.startsWith("{"))
    throw new Error(
      `'${name}' ended with code ${code}: ${complaints.trim() || output.trim() || "no output"}`,
    );
  // Each contestant is a program of this folder that ends with this very line.
  return JSON.parse(last) as Finish;
}

function start(program: Program, args: readonly string[], signal: AbortSignal): ChildProcess {
  const stdio = ["ignore", "pipe", "pipe"] as const;
  if ("file" in program) {
    const file = join(import.meta.dirname, "peers", program.file);
    const options = { stdio: [...stdio], signal, killSignal: "SIGKILL" as const };
    return spawn(process.execPath, [...(program.nodeOptions ?? []), file, ...args], options);
  }
  const { command, classPath, javaClass } = program;
  return spawn(command, ["-Xmx2g", "-cp", classPath, javaClass, ...args], {
    stdio: [...stdio],
    signal,
    killSignal: "SIGKILL",
  });
}

function ended(child: ChildProcess): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once("close", (code) => resolve(code));
  // Aborted or not to be started: "close" follows, or there is nothing to wait for.
  child.once("error", () => child.pid === undefined && resolve(null));
  return promise;
}
