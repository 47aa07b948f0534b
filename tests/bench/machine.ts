import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** What the figures were measured on. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  /** Of the last minute, before anything of the bench ran. Above a tenth of the cores: somebody else measures too. */
  readonly load: number;
  readonly node: string;
}

export function thisMachine(): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    node: process.version,
  };
}

export function machineLine({ cores, cpu, memoryGb, load, node }: Machine): string {
  const busy = load > cores * 0.25 ? " (not quiet: figures will be off)" : "";
  return `machine: ${cores} cores, ${cpu}, ${memoryGb} GB, load average ${load}${busy}, Node ${node}`;
}
