import { readdirSync, readFileSync } from "node:fs";

/** A process that has the mark in its environment: started by whom we marked, or by its children. */
export interface Marked {
  readonly pid: number;
  readonly command: string;
}

/**
 * Every living process whose environment holds `NAME=value`. Reads /proc, so Linux only.
 * @throws {Error} on other systems
 */
export function processesMarked(name: string, value: string): Marked[] {
  if (process.platform !== "linux")
    throw new Error(`Cannot look for processes on ${process.platform}: no /proc`);
  const mark = `${name}=${value}`;
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const environment = readFileSync(`/proc/${entry}/environ`, "utf8").split("\0");
        // A zombie has no environment left; it holds neither memory nor ports.
        if (!environment.includes(mark)) return [];
        const command = readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return [{ pid: Number(entry), command }];
      } catch {
        // Gone between the two looks, or another's.
        return [];
      }
    });
}

/** The marked processes that are still there after `seconds`, or none as soon as there are none. */
export async function leftAfter(name: string, value: string, seconds: number): Promise<Marked[]> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const left = processesMarked(name, value);
    if (left.length === 0 || Date.now() > end) return left;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
