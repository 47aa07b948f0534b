import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { checkout } from "../../workers/_runtime/shipped.ts";

/** The checkout's root; where the command was called when it is the executable. */
export function projectFolder(): string {
  return checkout ?? process.cwd();
}

/** Where downloads are kept: BOXOFFICE_CACHE, else `.cache` of the project. */
export function cacheFolder(): string {
  const given = process.env.BOXOFFICE_CACHE;
  if (given === undefined || given === "") return join(projectFolder(), ".cache");
  return resolve(given.replace(/^~(?=\/|$)/, homedir()));
}

/** The running stack's state, one per project folder, so that two checkouts don't take each other's for theirs. */
export function defaultStateFile(): string {
  return join(projectFolder(), ".cache", "running-stack.json");
}
