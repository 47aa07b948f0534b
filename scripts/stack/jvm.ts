import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Java } from "./java.ts";

/** How a Java service is run. */
export interface Jvm {
  readonly java: Java;
  /** Folder of AOT caches. */
  readonly caches: string;
  /** As in production: full optimisation and the default collector, for measurements. */
  readonly bench: boolean;
}

/** The oldest Java that records an AOT cache in one step. */
const AOT_SINCE = 25;

/** Options for a short life on two cores: started in a fraction of the time, at the cost of peak throughput. */
const QUICK = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xms64m", "-Xmx768m"];
const BENCH = ["-Xms1g", "-Xmx2g", "-XX:+UseG1GC"];

/** @returns Options for service `name`; with a recorded AOT cache where there is one. */
export function jvmOptions(name: string, jvm: Jvm): string[] {
  if (jvm.bench) return [...BENCH, "-Xlog:disable"];
  const cache = aotFile(name, jvm);
  const aot = cache !== undefined && existsSync(cache) ? [`-XX:AOTCache=${cache}`] : [];
  return [...QUICK, ...aot, "-Xlog:disable", "-Xlog:all=error:stderr"];
}

/** Options to record the AOT cache while the service runs and ends. */
export function recordingOptions(file: string): string[] {
  return [...QUICK, `-XX:AOTCacheOutput=${file}`, "-Xlog:disable"];
}

/** Where the AOT cache of a service belongs; undefined when this Java has none. Good for this very Java only. */
export function aotFile(name: string, { java, caches }: Jvm): string | undefined {
  return java.major >= AOT_SINCE ? join(caches, `${name}-${java.version}.aot`) : undefined;
}
