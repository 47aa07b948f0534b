import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { alive } from "./alive.ts";

/** Between two tries to take a lock that another process holds. */
const TRY_MS = 200;

/**
 * Runs `work` while no other process on this machine does with the same folder as lock. A holder that died
 * without letting go is noticed by its process id.
 */
export async function locked<T>(folder: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(folder), { recursive: true });
  for (let tries = 0; !(await take(folder)); tries++) {
    if (tries === 5) process.stderr.write(`waiting for another process that holds ${folder} …\n`);
    await wait(TRY_MS, undefined, { signal });
  }
  try {
    return await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function take(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    await writeFile(join(folder, "pid"), String(process.pid));
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    const holder = Number(await readFile(join(folder, "pid"), "utf8").catch(() => "0"));
    // 0: taken this very moment, its process id not yet written.
    if (holder > 0 && !alive(holder)) await rm(folder, { recursive: true, force: true });
    return false;
  }
}
