import type { Topic, Worker } from "../../workers/_runtime/mod.ts";
import type { Bench } from "./bench.ts";
import type { Contestant } from "./interleave.ts";
import { OURS } from "./throughput.ts";

/** Our contestant: its worker's derived topics are created before its time runs. */
export function ours(
  { fleet, options }: Bench,
  file: string,
  worker: (group: string) => Worker,
  topics: readonly Topic[] = [],
): Contestant {
  const { profiles, log } = options;
  const nodeOptions = profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`];
  return {
    name: OURS,
    program: { file, nodeOptions },
    words: { log },
    async prepare(group) {
      await fleet.prepare(topics, [worker(group)]);
      return {};
    },
  };
}
