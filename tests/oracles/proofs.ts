import { incompatibilities } from "../../scripts/schemas/spec/incompatible.ts";
import { locate } from "../../scripts/schemas/spec/locate.ts";
import { judgeHostile, PAYLOADS_EACH } from "./hostile.ts";
import { judgeHostileAlike } from "./hostile-alike.ts";
import type { Judge } from "./judge.ts";
import { judgePair, randomPair } from "./pairs.ts";
import { DATA_EACH, judgeRoundTrips } from "./round-trips.ts";
import type { Tally } from "./tally.ts";

export interface Judges {
  readonly java: Judge;
  readonly python: Judge;
}

/** One kind of question, asked for seed after seed. */
export interface Proof {
  readonly about: string;
  /** Seeds of the full count, and of the short run in `npm test`. */
  readonly full: number;
  readonly short: number;
  /** How many are open at once: judges are processes of their own. */
  readonly atOnce: number;
  ask(seed: number, judges: Judges): Promise<Tally>;
}

/** A little more than asked for: some schemas are refused by a judge, some have no data. */
const SPARE = 1.2;

export const PROOFS: Readonly<Record<string, Proof>> = {
  pairs: {
    about: "random pairs of schemas, and data of the writer, judged by Avro Java and by ours",
    full: 200_000 * SPARE,
    short: 3_000,
    atOnce: 24,
    ask: (seed, { java }) => judgePair(randomPair(seed), java, verdictOfSpec),
  },
  "round trips": {
    about: "random data there and back through Avro Java and fastavro, byte for byte",
    full: (1_000_000 / DATA_EACH) * SPARE,
    short: 800,
    atOnce: 24,
    ask: (seed, { java, python }) => judgeRoundTrips(seed, { java, python }),
  },
  "hostile, judged": {
    about: "hostile payloads that we read, read alike by Avro Java and fastavro",
    full: 50_000,
    short: 600,
    atOnce: 24,
    async ask(seed, { java, python }) {
      const [one, other] = [await judgeHostileAlike(seed, java), await judgeHostileAlike(seed, python)];
      const counts = { ...one.counts };
      for (const [name, count] of Object.entries(other.counts)) counts[name] = (counts[name] ?? 0) + count;
      return { counts, found: [...one.found, ...other.found] };
    },
  },
  hostile: {
    about: "hostile payloads: read or refused by a documented class, at most 50 ms and 64 MB each",
    full: (10_000_000 / PAYLOADS_EACH) * 1.3,
    short: 300,
    atOnce: 1,
    ask: async (seed) => judgeHostile(seed),
  },
};

function verdictOfSpec(reader: string, writer: string): readonly string[] {
  return incompatibilities(locate(reader), locate(writer)).map((each) => JSON.stringify(each));
}

/** Asks for the seeds from `from` to below `to`. A judge that fails to answer is an error, not a finding. */
export async function askAll(
  proof: Proof,
  judges: Judges,
  { from, to }: { readonly from: number; readonly to: number },
  put: (tally: Tally) => void,
): Promise<void> {
  let next = from;
  const one = async () => {
    while (next < to) put(await proof.ask(next++, judges));
  };
  await Promise.all(Array.from({ length: proof.atOnce }, one));
}
