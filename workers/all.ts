import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { UsageError, type Worker } from "./_runtime/mod.ts";
import { nearestWord } from "./_runtime/spelling.ts";

/**
 * Set by the build of the single executable, which has no folder to look into; `import()` below is of a form
 * that bundlers resolve by pattern.
 */
declare const BUNDLED_WORKERS: readonly string[] | undefined;

/** Names of all workers: in a checkout each folder here with a `worker.ts`, so that a new one is just a folder. */
export function workerNames(): readonly string[] {
  if (typeof BUNDLED_WORKERS !== "undefined") return BUNDLED_WORKERS;
  const here = import.meta.dirname;
  return readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("_"))
    .map((entry) => entry.name)
    .filter((name) => existsSync(join(here, name, "worker.ts")))
    .sort();
}

/**
 * The declaration of one worker; loads only its own code.
 * @throws {UsageError} when there is none of that name
 * @throws {TypeError} when the folder's `worker.ts` doesn't export a worker of its own name
 */
export async function loadWorker(name: string): Promise<Worker> {
  const names = workerNames();
  if (!names.includes(name)) {
    const near = nearestWord(name, names);
    throw new UsageError(
      `Cannot find worker '${name}': there are ${names.join(", ")}${near === undefined ? "" : `; did you mean '${near}'?`}`,
    );
  }
  const module: { readonly default?: unknown } = await import(`./${name}/worker.ts`);
  return checkedWorker(module.default, name);
}

export async function loadWorkers(): Promise<readonly Worker[]> {
  return await Promise.all(workerNames().map(loadWorker));
}

function checkedWorker(value: unknown, folder: string): Worker {
  if (typeof value !== "object" || value === null || !("name" in value) || !("reads" in value))
    throw new TypeError(
      `Cannot load worker as 'workers/${folder}/worker.ts' must export default defineWorker({…})`,
    );
  if (value.name !== folder)
    throw new TypeError(
      `Cannot load worker as it must be named after its folder '${folder}': current value is '${String(value.name)}'`,
    );
  // defineWorker is the only maker of objects with a name and reads that a worker.ts exports.
  return value as Worker;
}
