import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { pauseOrThrow } from "../../../scripts/pause-or-throw.ts";
import type { BenchFleet } from "./bench-fleet.ts";

/**
 * Counts what each worker asks of Redis for a while, by watching Redis itself (MONITOR): a script is one call, whatever it
 * calls in turn. Slows Redis down, so it has a phase of its own.
 */
export async function countRedisCalls(
  { stack, fleet }: BenchFleet,
  ms: number,
  signal: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  const socket = connect(stack.redis.port, "127.0.0.1");
  const byPort = new Map<string, number>();
  const lines = createInterface({ input: socket });
  lines.on("line", (line) => {
    const port = clientPortOf(line);
    if (port !== undefined) byPort.set(port, (byPort.get(port) ?? 0) + 1);
  });
  socket.write("MONITOR\r\n");
  try {
    await pauseOrThrow(ms, signal);
  } finally {
    lines.close();
    socket.destroy();
  }
  const calls: Record<string, number> = {};
  for (const { name, process } of fleet.workers) {
    const ports = process.pid === undefined ? [] : localPortsOf(process.pid);
    calls[name] = ports.reduce((sum, port) => sum + (byPort.get(port) ?? 0), 0);
  }
  return calls;
}

/** Of a line of MONITOR, `1339518083.107412 [0 127.0.0.1:60866] "get" "x"`; undefined for what a script calls. */
export function clientPortOf(line: string): string | undefined {
  return /^\+?[\d.]+ \[\d+ [^\]]*:(\d+)\] /.exec(line)?.[1];
}

/** Ports from which a process of this machine is connected. */
function localPortsOf(pid: number): readonly string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode === undefined ? [] : [inode];
    }),
  );
  const rows = ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, "utf8").split("\n"),
  );
  return rows.flatMap((row) => {
    const fields = row.trim().split(/\s+/);
    const port = fields[1]?.split(":")[1];
    return port !== undefined && inodes.has(fields[9] ?? "") ? [String(Number.parseInt(port, 16))] : [];
  });
}

/** A descriptor may be closed by now. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
