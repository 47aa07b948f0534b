import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import type { Test } from "tap";
import { leftAfter, processesMarked } from "../../_support/marked.ts";

const launcher = resolve(import.meta.dirname, "../../../bin/boxoffice.js");
const MARK = "BOXOFFICE_TEST_MARK";

export interface Launched {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  stdout(): string;
  stderr(): string;
  /** Waits until stderr holds the text; rejects when the command ended before. */
  until(text: string): Promise<void>;
  /** Process ids of this very launch whose command line holds the text. */
  pids(text: string): number[];
  /** What is still there after two minutes, everything that was started included; none as soon as there is none. */
  left(): Promise<string[]>;
}

/**
 * `boxoffice start` with the local profile; whatever it leaves is killed at the test's end.
 * @param executable - the one to call instead of the checkout's launcher
 */
export function launch(
  t: Test,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  executable?: string,
): Launched {
  const mark = randomUUID();
  // Named first, so that `args` may name another.
  const logs = ["--logs", join(t.testdirName, "logs")];
  const call = executable === undefined ? [launcher] : [];
  const child = spawn(executable ?? process.execPath, [...call, "start", ...logs, ...args], {
    env: { ...process.env, BOXOFFICE_PROFILE: "local", ...env, [MARK]: mark },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { out: "", err: "" };
  const waiting = new Set<() => void>();
  child.stdout.on("data", (chunk: Buffer) => {
    text.out += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    text.err += chunk;
    for (const look of waiting) look();
  });
  const ended = new Promise<number | null>((done) => child.once("close", done));
  t.teardown(() => {
    for (const { pid } of processesMarked(MARK, mark)) process.kill(pid, "SIGKILL");
  });
  return {
    child,
    ended,
    stdout: () => text.out,
    stderr: () => text.err,
    until: (wanted) =>
      new Promise((done, reject) => {
        const look = () => {
          if (!text.err.includes(wanted)) return;
          waiting.delete(look);
          done();
        };
        waiting.add(look);
        void ended.then((code) => reject(new Error(`ended with ${code} before '${wanted}':\n${text.err}`)));
        look();
      }),
    pids: (wanted) =>
      processesMarked(MARK, mark)
        .filter(({ command }) => command.includes(wanted))
        .map(({ pid }) => pid),
    left: async () => (await leftAfter(MARK, mark, 120)).map(({ pid, command }) => `${pid} ${command}`),
  };
}
