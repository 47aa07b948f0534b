import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Unavailable } from "../../workers/_runtime/errors.ts";
import { boxoffice } from "../start/self.ts";
import { readState, type State } from "./state.ts";

const LOOK_MS = 50;

/**
 * Starts the same command line as a process of its own that holds the stack up, and waits until it runs.
 *
 * @throws {Unavailable} If it ended instead; the message is what it printed.
 */
export async function detach(
  stateFile: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<State> {
  await mkdir(dirname(stateFile), { recursive: true });
  const logFile = `${stateFile}.log`;
  const log = openSync(logFile, "w");
  const words = args.filter((word) => word !== "--detach" && word !== "-d");
  const call = boxoffice([...words, "--supervise"]);
  const child = spawn(call.command, call.args, {
    detached: true,
    stdio: ["ignore", "ignore", log],
  });
  closeSync(log);
  child.unref();
  try {
    for (;;) {
      const state = await readState(stateFile);
      if (state !== undefined) return state;
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Unavailable(
          "stack",
          readFileSync(logFile, "utf8")
            .replace(/^boxoffice: /, "")
            .trimEnd(),
        );
      }
      await wait(LOOK_MS, undefined, { signal });
    }
  } catch (error) {
    child.kill("SIGTERM");
    throw error;
  } finally {
    await rm(logFile, { force: true });
  }
}
