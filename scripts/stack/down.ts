import { setTimeout as wait } from "node:timers/promises";
import { Command } from "commander";
import { alive } from "./alive.ts";
import { defaultStateFile } from "./folders.ts";
import { readState } from "./state.ts";

const PATIENCE_MS = 30_000;
const LOOK_MS = 50;

export const down = new Command("down")
  .summary("stop it")
  .description("Stop the stack that runs; waits until nothing of it is left. Fine if none runs.")
  .option("--json", "what was stopped, as JSON")
  .option("--state <file>", "where it is remembered what runs", defaultStateFile())
  .action(async (options: { json?: true; state: string }) => {
    const state = await readState(options.state);
    if (state !== undefined) {
      process.kill(state.pid, "SIGTERM");
      const pids = [state.pid, ...state.services.flatMap(({ pid }) => pid ?? [])];
      if (!(await untilGone(pids))) {
        // Its guard cleans up after it.
        process.kill(state.pid, "SIGKILL");
        await untilGone(pids);
      }
    }
    const stopped = state?.services.map(({ name }) => name) ?? [];
    if (options.json) process.stdout.write(`${JSON.stringify({ stopped })}\n`);
    else process.stdout.write(stopped.length === 0 ? "no stack runs\n" : `stopped ${stopped.join(", ")}\n`);
  });

async function untilGone(pids: readonly number[]): Promise<boolean> {
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
    if (!pids.some(alive)) return true;
    await wait(LOOK_MS);
  }
  return false;
}
