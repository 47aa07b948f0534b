import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Between two looks at the processes above this one. */
const LOOK_MS = 500;

/**
 * Ends this process as SIGTERM does once the launcher that handed over to it was killed: a launcher killed with
 * -9 can't pass that on, and whoever killed it believes that everything is over.
 */
export function endWithLauncher(): void {
  if (process.env.BOXOFFICE_LAUNCHED === undefined) return;
  delete process.env.BOXOFFICE_LAUNCHED;
  process.once("disconnect", terminate);
  process.channel?.unref();
}

/**
 * For commands that stay: ends this process as SIGTERM does when npm or npx, which started it through a shell,
 * was killed. npm killed with -9 leaves the shell and its child running.
 */
export function endWithNpm(): void {
  if (process.env.npm_command === undefined) return;
  const above = ancestors(process.pid, 4);
  const timer = setInterval(() => {
    if (above.every(({ pid, parent }) => parentOf(pid) === parent)) return;
    clearInterval(timer);
    terminate();
  }, LOOK_MS);
  timer.unref();
}

function terminate(): void {
  process.kill(process.pid, "SIGTERM");
}

interface Link {
  readonly pid: number;
  readonly parent: number;
}

/** The chain from `pid` up to and including the first npm, at most `limit` links. */
function ancestors(pid: number, limit: number): Link[] {
  const links: Link[] = [];
  for (let child = pid; links.length < limit; ) {
    const parent = parentOf(child);
    if (parent === undefined || parent <= 1) return [];
    links.push({ pid: child, parent });
    if (/\bnp[mx]\b/.test(titleOf(parent))) return links;
    child = parent;
  }
  return [];
}

function parentOf(pid: number): number | undefined {
  if (pid === process.pid) return process.ppid;
  try {
    if (process.platform !== "linux") return Number(ps(pid, "ppid="));
    // The name in the second field may hold blanks and brackets: count from the last bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

function titleOf(pid: number): string {
  try {
    if (process.platform !== "linux") return ps(pid, "args=");
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

function ps(pid: number, column: string): string {
  return execFileSync("ps", ["-o", column, "-p", String(pid)], { encoding: "utf8" }).trim();
}
