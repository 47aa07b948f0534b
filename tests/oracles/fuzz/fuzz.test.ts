import t from "tap";
import { randomFrom } from "../generate/random.ts";
import { readCorpus } from "./corpus.ts";
import { fuzzOn } from "./fuzzer.ts";
import { instrumentedTarget } from "./instrumented.ts";

/** Counted, not timed: every machine tries the same inputs, so what fails is of the change that is tested. */
const RUNS = 20_000;
/** `npm run fuzz` takes others. */
const SEED = 1;

t.test("the decoder throws nothing but its own failures, from the corpus on", async (t) => {
  const corpus = readCorpus();
  t.ok(corpus.length > 100, "there is a corpus");
  const target = instrumentedTarget();
  const { runs, reached, crashes } = fuzzOn(target, corpus, randomFrom(SEED), (done) => done >= RUNS);
  t.same(crashes, [], `${runs} runs from seed ${SEED}`);
  t.equal(runs, RUNS, "the corpus is only where it begins");
  t.ok(reached > 1_000, `${reached} places reached`);
});

t.test("the fuzzer finds what is hidden behind branches, by what its inputs reach", async (t) => {
  const hidden = {
    last: [] as number[],
    fuzz(data: Buffer) {
      this.last = [];
      for (const [depth, byte] of [...Buffer.from("bad")].entries()) {
        if (data[depth + 1] !== byte) return;
        this.last.push(depth);
      }
      throw new Error("found");
    },
    reached: () => hidden.last,
  };
  const { crashes } = fuzzOn(hidden, [], randomFrom(7), (runs) => runs > 400_000);
  t.match(crashes, [{ error: "Error: found" }]);
});
