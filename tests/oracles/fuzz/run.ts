/**
 * `npm run fuzz [-- --minutes N]`: looks for payloads that hurt the decoder, guided by what they reach in it, from the
 * corpus on; what reaches more goes into the corpus. Exit codes: 0 nothing found; 1 something was thrown that must not be.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { randomFrom } from "../generate/random.ts";
import { CORPUS, readCorpus } from "./corpus.ts";
import { fuzzOn } from "./fuzzer.ts";
import { instrumentedTarget } from "./instrumented.ts";

/** Small ones teach as much, and the file is committed. */
const LONGEST_KEPT = 200;

const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" } } });
const seed = Date.now() % 2 ** 31;
const end = Date.now() + Number(values.minutes) * 60_000;
let said = Date.now();
console.log(`seed ${seed}, ${readCorpus().length} inputs in the corpus`);
const { runs, kept, reached, crashes, longestMs } = fuzzOn(
  instrumentedTarget(),
  readCorpus(),
  randomFrom(seed),
  (done) => {
    if (done % 256 !== 0) return false;
    if (Date.now() - said > 30_000) {
      said = Date.now();
      console.log(`${done} runs`);
    }
    return Date.now() > end;
  },
);
const small = kept.filter(({ length }) => length <= LONGEST_KEPT).map((input) => input.toString("hex"));
writeFileSync(CORPUS, `${small.join("\n")}\n`);
console.log(`${runs} runs, ${reached} places reached, ${small.length} inputs kept, longest ${longestMs} ms`);
for (const { input, error } of crashes) console.log(`${error}\n  ${input.toString("hex")}`);
process.exitCode = crashes.length === 0 ? 0 : 1;
