import { createRequire } from "node:module";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { createInstrumenter } from "istanbul-lib-instrument";
import * as z from "zod";

const Counts = z.record(z.string(), z.union([z.number(), z.array(z.number())]));
const Coverage = z.object({ s: Counts, f: Counts, b: Counts });
type FileCoverage = z.infer<typeof Coverage>;

export interface Target {
  fuzz(data: Buffer): void;
  /** What the last call ran through: a number for each place and (roughly) how often. Empties the counters. */
  reached(group: number): number[];
}

const Exports = z.object({ fuzz: z.custom<(data: Buffer) => void>((value) => typeof value === "function") });

/**
 * The fuzz target as one bundle in which every statement and branch counts itself, and so does the code that the
 * decoder generates: most of what decides about a payload is there.
 */
export function instrumentedTarget(): Target {
  const { outputFiles } = buildSync({
    entryPoints: [join(import.meta.dirname, "target.ts")],
    ...{ bundle: true, platform: "node", format: "cjs", write: false, logLevel: "error" },
  });
  const instrumenter = createInstrumenter({
    ...{ coverageVariable: "__fuzz__", esModules: false, autoWrap: true, compact: true },
    ...{ coverageGlobalScope: "globalThis", coverageGlobalScopeFunc: false },
  });
  const files: { name: string; group: number | undefined; coverage?: FileCoverage | undefined }[] = [];
  let group: number | undefined;
  const Plain = Function;
  const counted = (name: string, code: string): string => {
    files.push({ name, group });
    return instrumenter.instrumentSync(code, name);
  };
  // What the bundle makes of text at run time is made of counted text. Nothing else in this process may run meanwhile.
  const Counting = new Proxy(Plain, {
    construct: (_, words: string[]) => {
      const code = words.pop() ?? "";
      return Reflect.construct(Plain, [...words, counted(`generated-${files.length}`, code)]);
    },
  });
  const load = new Plain("module", "require", "Function", counted("target", outputFiles[0]?.text ?? ""));
  const module = { exports: {} };
  load(module, createRequire(import.meta.url), Counting);
  const { fuzz } = Exports.parse(module.exports);
  return {
    fuzz(data) {
      group = data[0];
      fuzz(data);
    },
    reached(of) {
      const found: number[] = [];
      for (const [index, file] of files.entries()) {
        if (file.group !== undefined && file.group !== of) continue;
        file.coverage ??= coverageOf(file.name);
        if (file.coverage !== undefined) collect(file.coverage, index, found);
      }
      return found;
    },
  };
}

function coverageOf(name: string): FileCoverage | undefined {
  const all: unknown = Reflect.get(globalThis, "__fuzz__");
  const one: unknown = typeof all === "object" && all !== null ? Reflect.get(all, name) : undefined;
  // Not a copy: the counters must be the ones that count.
  return Coverage.safeParse(one).success ? (one as FileCoverage) : undefined;
}

function collect({ s, f, b }: FileCoverage, file: number, found: number[]): void {
  let place = file * 0x40_0000;
  for (const counts of [s, f, b]) {
    for (const key in counts) {
      const count = counts[key];
      if (Array.isArray(count)) {
        for (let branch = 0; branch < count.length; branch++) {
          place += 32;
          const times = count[branch] ?? 0;
          if (times > 0) found.push(place + bucket(times));
          count[branch] = 0;
        }
      } else if (count !== undefined) {
        place += 32;
        if (count > 0) found.push(place + bucket(count));
        counts[key] = 0;
      }
    }
  }
}

/** Once, twice, a few, many: how often something ran matters by its magnitude only. */
function bucket(times: number): number {
  return Math.min(31, Math.ceil(Math.log2(times + 1)));
}
