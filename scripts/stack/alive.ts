import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whether a process of this id exists (a zombie doesn't count where that can be told). */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return startedAt(pid) !== undefined;
}

/**
 * When a process started, in whatever unit the system tells: together with the id it names one process for
 * good, while ids are used again. Undefined if there is none.
 */
export function startedAt(pid: number): string | undefined {
  try {
    if (process.platform !== "linux") {
      return (
        execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined
      );
    }
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in the second field may hold blanks and brackets: count from the last bracket.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
