import type { Bench, CaseResult, Verdict } from "./bench.ts";
import type { Finish } from "./contestant.ts";
import { type Contestant, interleave, medianOf } from "./interleave.ts";

const OURS = "ours";
const PEER = "avsc, resolver kept";
const EVOLUTION = "decode with evolution";
const WORKS = ["decode", EVOLUTION, "encode"];
/** Of the time that plain avsc takes. */
const MOST = 1.3;

/** Bytes to values and back, in memory: what a record costs before anybody looks at it. */
export async function codec(bench: Bench): Promise<CaseResult> {
  const records = bench.options.codecRecords;
  const rounds: Record<string, readonly Finish[]> = {};
  for (const work of WORKS) {
    const found = await interleave(bench, work, contestants(work), { topic: "none", records });
    for (const [name, finishes] of Object.entries(found)) rounds[`${work}, ${name}`] = finishes;
  }
  const times = (work: string, name: string) => medianOf(rounds[`${work}, ${name}`], nanoseconds);
  const rows = WORKS.flatMap((work) =>
    contestants(work).map(({ name }) => {
      const [own, theirs] = [times(work, OURS), times(work, name)];
      return [work, name, theirs.toFixed(0), name === OURS ? "1" : (own / theirs).toFixed(2)];
    }),
  );
  const verdicts = ["decode", EVOLUTION].map((work): Verdict => {
    const figure = times(work, OURS) / times(work, PEER);
    return { goal: `${work}: ours at most ${MOST} × the time of ${PEER}`, figure, met: figure <= MOST };
  });
  const about = `${records} sales of some 150 bytes, in memory; the time of ours ÷ theirs, below 1 is faster`;
  const head = ["work", "contestant", "ns a record", "ours ÷ it"];
  return { name: "codec", about, head, rows, verdicts, rounds };
}

function contestants(work: string): Contestant[] {
  const program = { file: "codec.ts" };
  // With a reader schema the registry client builds types and resolver anew for each record.
  const share = work === EVOLUTION ? 0.01 : 0.2;
  return [
    { name: OURS, program, words: { codec: "ours", work } },
    { name: PEER, program, words: { codec: "avsc", work } },
    { name: "registry client", program, words: { codec: "registryClient", work }, share },
  ];
}

function nanoseconds({ records, seconds }: Finish): number {
  return (seconds / records) * 1e9;
}
