import t from "tap";
import { leaveOut } from "../left-out.ts";
import { startJava } from "./java.ts";
import { askAll, type Judges, PROOFS } from "./proofs.ts";
import { startPython } from "./python.ts";
import { add, emptyTally } from "./tally.ts";

/** The first ones of the full counts: the same in each run, so that a failure is of the change that is tested. */
const FIRST_SEED = 1;

// What they are made of may have to be fetched, and a busy machine takes many times as long.
t.setTimeout(1_200_000);
const judges = await judgesOrWhyNot();
if (typeof judges === "string") leaveOut(t, "Avro's oracles", judges);
else {
  for (const [name, proof] of Object.entries(PROOFS)) {
    t.test(`${name}: ${proof.about}`, { timeout: 600_000 }, async (t) => {
      const tally = emptyTally();
      const seeds = { from: FIRST_SEED, to: FIRST_SEED + proof.short };
      await askAll(proof, judges, seeds, (each) => add(tally, each));
      t.same(tally.found, [], `seeds from ${FIRST_SEED}: ${JSON.stringify(tally.counts)}`);
      const asked = Object.values(tally.counts).reduce((sum, count) => sum + count, 0);
      t.ok(asked > proof.short * 2, `${asked} counted`);
    });
  }
  t.teardown(async () => {
    await Promise.all([judges.java.close(), judges.python.close()]);
  });
}

async function judgesOrWhyNot(): Promise<Judges | string> {
  const signal = AbortSignal.timeout(600_000);
  try {
    const java = await startJava(signal);
    try {
      return { java, python: await startPython(signal) };
    } catch (error) {
      await java.close();
      throw error;
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
