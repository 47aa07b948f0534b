import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { alive, startedAt } from "./alive.ts";
import type { Stack } from "./start.ts";

/** A running stack as other commands see it. */
export interface State {
  /** Of the process that holds it up. */
  readonly pid: number;
  /** With the process id it names that process for good. */
  readonly started: string;
  readonly since: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly services: readonly {
    readonly name: string;
    readonly pid: number | undefined;
    readonly url: string;
    readonly port: number;
    readonly logFile: string;
  }[];
}

/** @returns The stack that runs, undefined if none does; a file left by one that was killed is removed. */
export async function readState(file: string): Promise<State | undefined> {
  let state: State;
  try {
    state = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  if (alive(state.pid) && startedAt(state.pid) === state.started) return state;
  await rm(file, { force: true });
  return undefined;
}

/** Says that this process holds up `stack`. */
export async function writeState(file: string, stack: Stack): Promise<State> {
  const state: State = {
    pid: process.pid,
    started: startedAt(process.pid) ?? "",
    since: new Date().toISOString(),
    folder: stack.folder,
    env: stack.env,
    services: stack.services.map(({ name, pid, url, port, logFile }) => ({ name, pid, url, port, logFile })),
  };
  await mkdir(dirname(file), { recursive: true });
  // Renamed into place: nobody reads half of it.
  await writeFile(`${file}.${process.pid}`, JSON.stringify(state, null, 2));
  await rename(`${file}.${process.pid}`, file);
  return state;
}
