import { readFileSync } from "node:fs";
import type { RedisConnection } from "../../../workers/_runtime/mod.ts";
import type { BenchFleet } from "./bench-fleet.ts";

/** What the processes had used up to a moment. CPU in milliseconds. */
export interface Reading {
  readonly at: number;
  /** By worker and service. */
  readonly cpuMs: Readonly<Record<string, number>>;
  readonly transactions: number;
  readonly redisBytes: number;
}

/** Linux counts in hundredths of a second. */
const TICK_MS = 10;

/** Reads all of them at about the same moment; workers by their own metrics, services by the kernel's and Redis' own. */
export async function read({ fleet, stack }: BenchFleet, redis: RedisConnection): Promise<Reading> {
  const cpuMs: Record<string, number> = {};
  let transactions = 0;
  const info = String(await redis.call("INFO", "everything"));
  await Promise.all(
    fleet.workers.map(async ({ name, healthUrl }) => {
      const text = await (await fetch(`${healthUrl}/metrics`)).text();
      cpuMs[name] = sumOf(text, "process_cpu_seconds_total") * 1000;
      transactions += sumOf(text, "boxoffice_transactions_total", 'result="committed"');
    }),
  );
  cpuMs.kafka = processCpuMs(stack.kafka.pid);
  cpuMs.registry = processCpuMs(stack.registry.pid);
  cpuMs.redis = (field(info, "used_cpu_user") + field(info, "used_cpu_sys")) * 1000;
  return {
    at: performance.now(),
    cpuMs,
    transactions,
    redisBytes: field(info, "used_memory"),
  };
}

/** Sum of a metric's series in Prometheus' text, of those whose labels hold `label`. */
export function sumOf(text: string, name: string, label = ""): number {
  let sum = 0;
  for (const line of text.split("\n")) {
    const [, of, labels = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (of === name && labels.includes(label)) sum += Number(value);
  }
  return sum;
}

function field(info: string, name: string): number {
  return Number(new RegExp(`^${name}:([\\d.]+)`, "m").exec(info)?.[1] ?? Number.NaN);
}

/** User and system time of a process of this machine. */
export function processCpuMs(pid: number | undefined): number {
  if (pid === undefined) throw new Error("Cannot read the CPU time of a process that doesn't run");
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in the second field may hold blanks and brackets: count from the last bracket.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
