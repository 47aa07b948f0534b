import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { readSteps, writeSteps } from "../../../scripts/load/file.ts";
import { onSale } from "../../../scripts/load/on-sale.ts";
import { demandOf } from "../../../scripts/load/plan.ts";
import { DEFAULT_SHARES } from "../../../scripts/load/shares.ts";
import { parseStep, stepLine } from "../../../scripts/load/step.ts";
import { rows as hall } from "./hall.ts";

const shares = { ...DEFAULT_SHARES, undecodable: 0.1, unknownSchema: 0.1, hangUp: 0.3 };

t.test("readSteps() gives back what writeSteps() wrote", async (t) => {
  const path = join(t.testdir(), "steps.ndjson");
  const options = { seed: 5, fans: 1_200, durationMs: 5_000, rows: hall, taste: 0.8, shares };
  const written = [...onSale(options)];
  t.equal(await writeSteps(path, written), written.length);
  t.same(await Array.fromAsync(readSteps(path)), written);
});

t.test("parseStep() refuses what is no step, naming the place", async (t) => {
  for (const line of [
    "nonsense",
    "null",
    "[]",
    '{"at":1}',
    '{"at":-1,"cancel":2}',
    '{"at":1,"sow":"weeds","key":"k"}',
    '{"at":1,"fan":1,"seats":[],"card":"c"}',
    '{"at":1,"fan":1,"seats":[""],"card":"c"}',
    '{"at":1,"fan":1,"seats":["A-1"]}',
    '{"at":1,"fan":1.5,"seats":["A-1"],"card":"c"}',
  ])
    t.throws(
      () => parseStep(line, "line 3 of 'x'"),
      { name: "UsageError", message: /^Cannot read line 3 of 'x'/ },
      line,
    );
});

t.test("stepLine() is compact: one short line a step", async (t) => {
  t.equal(stepLine({ do: "cancel", at: 5, fan: 1 }), '{"at":5,"cancel":1}');
  t.equal(
    stepLine({ do: "reserve", at: 5, fan: 1, choices: [["A-1", "A-2"], ["B-1"]], card: "tok", hangUpMs: 3 }),
    '{"at":5,"fan":1,"seats":["A-1 A-2","B-1"],"card":"tok","hangUpMs":3}',
  );
});

t.test("readSteps() names a file that is not there and steps out of order", async (t) => {
  const folder = t.testdir();
  await t.rejects(Array.fromAsync(readSteps(join(folder, "none"))), {
    name: "UsageError",
    message: /ENOENT/,
  });
  const path = join(folder, "steps.ndjson");
  await writeFile(path, '{"at":5,"cancel":1}\n{"at":4,"cancel":2}\n');
  await t.rejects(Array.fromAsync(readSteps(path)), {
    name: "UsageError",
    message: /line 2 is at 4, after 5/,
  });
});

t.test("demandOf() fills in the third of fans, rate and duration", async (t) => {
  t.same(demandOf({}), { fans: 40_000, durationMs: 60_000 });
  t.same(demandOf({ rate: 1_000 }), { fans: 40_000, durationMs: 40_000 });
  t.same(demandOf({ rate: 50, durationMs: 10_000 }), { fans: 500, durationMs: 10_000 });
  t.same(demandOf({ fans: 100, durationMs: 10_000 }), { fans: 100, durationMs: 10_000 });
  t.throws(() => demandOf({ fans: 1, rate: 1, durationMs: 1 }), /two say it all/);
  t.throws(() => demandOf({ rate: 0 }), /'rate' must be positive/);
});
