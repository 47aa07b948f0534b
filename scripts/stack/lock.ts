import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { alive, startedAt } from "./alive.ts";

/** Between two tries to take a lock that another process holds. */
const TRY_MS = 200;
/** So long a holder may take to say who it is; one killed before it did never will. */
const NAMELESS_MS = 10_000;

/**
 * Runs `work` while no other process on this machine does with the same folder as lock. A holder that died
 * without letting go is noticed by its process id and when that process began: a cache outlives machines and
 * containers, in which ids are used again.
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
    await writeFile(join(folder, "pid"), `${process.pid} ${startedAt(process.pid) ?? ""}`);
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    if (await isLeft(folder)) await rm(folder, { recursive: true, force: true });
    return false;
  }
}

/** Whether nobody holds it any more. */
async function isLeft(folder: string): Promise<boolean> {
  const [pid = "", started = ""] = (await readFile(join(folder, "pid"), "utf8").catch(() => "")).split(" ");
  if (pid === "") {
    const taken = await stat(folder).catch(() => undefined);
    return taken !== undefined && Date.now() - taken.mtimeMs > NAMELESS_MS;
  }
  return !alive(Number(pid)) || (started !== "" && startedAt(Number(pid)) !== started);
}
