import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Guard } from "../../scripts/stack/guard.ts";
import { createReport, type Totals } from "./report.ts";

/** Where and how tests are run. */
export interface Gate {
  /** The checkout. */
  readonly root: string;
  /** Ends whatever is still running if this process is killed. */
  readonly guard: Guard;
  readonly signal: AbortSignal;
}

/** Runs test files with tap, `jobs` at a time. */
export async function runTap(
  files: readonly string[],
  jobs: number,
  env: Readonly<Record<string, string>>,
  gate: Gate,
): Promise<Totals> {
  if (files.length === 0) return { passed: 0, failed: 0 };
  const words = ["run", "--reporter=tap", `--jobs=${jobs}`, ...files];
  const report = createReport((text) => process.stdout.write(`${text}\n`));
  const child = startTool("tap", words, env, gate);
  const closed = once(child, "close");
  if (child.stdout !== null) {
    for await (const line of createInterface({ input: child.stdout })) report.line(line);
  }
  const [code] = await closed;
  gate.signal.throwIfAborted();
  return report.end(code);
}

/**
 * Tap's first run after each `npm ci` fails while it builds the class that its plugins make up, in
 * node_modules: build it before.
 */
export async function buildTap(gate: Gate): Promise<void> {
  const modules = join(gate.root, "node_modules");
  const built = changedMs(join(modules, "@tapjs", "test", "test-built", "package.json"));
  const installed = changedMs(join(modules, ".package-lock.json"));
  const ready = existsSync(join(gate.root, ".tap", "plugins")) && built > installed;
  if (!ready) await runTool("tap", ["build"], gate);
}

function changedMs(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Runs a development tool; what it says is shown if it fails. */
export async function runTool(name: string, words: readonly string[], gate: Gate): Promise<boolean> {
  const child = startTool(name, words, {}, gate);
  const chunks: string[] = [];
  child.stdout?.on("data", (chunk) => chunks.push(String(chunk)));
  const [code] = await once(child, "close");
  gate.signal.throwIfAborted();
  process.stdout.write(
    code === 0 ? `ok   ${name} ${words[0]}\n` : `${chunks.join("")}FAIL ${name} ${words[0]}\n`,
  );
  return code === 0;
}

/** In a process group of its own, so that the tests it starts can be ended with it. */
function startTool(
  name: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  { root, guard, signal }: Gate,
): ChildProcess {
  signal.throwIfAborted();
  const bin = realpathSync(join(root, "node_modules", ".bin", name));
  const child = spawn(process.execPath, [bin, ...words], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  const { pid } = child;
  if (pid === undefined) return child;
  guard.pipe.write(`pid -${pid}\n`);
  const end = (): void => {
    try {
      process.kill(-pid, "SIGTERM");
    } catch {
      // It has ended this very moment.
    }
  };
  signal.addEventListener("abort", end, { once: true });
  child.once("close", () => {
    signal.removeEventListener("abort", end);
    guard.pipe.write(`gone -${pid}\n`);
  });
  return child;
}
