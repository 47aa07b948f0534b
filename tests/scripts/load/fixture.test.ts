import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { readSteps } from "../../../scripts/load/file.ts";

const ROOT = join(import.meta.dirname, "../../..");
const FIXTURE = join(ROOT, "tests/fixtures/on-sale.ndjson");
/** How the fixture is made; after a change of the generator make it again by these words. */
const WORDS = ["load", "--fans", "4340", "--duration", "20s", "--seed", "7", "--write"];

t.test("boxoffice load --write makes tests/fixtures/on-sale.ndjson again, byte for byte", async (t) => {
  const path = join(t.testdir(), "on-sale.ndjson");
  execFileSync(process.execPath, [join(ROOT, "bin/boxoffice.js"), ...WORDS, path], { stdio: "pipe" });
  const same = readFileSync(path).equals(readFileSync(FIXTURE));
  t.ok(same, `make it anew: npx boxoffice ${WORDS.join(" ")} tests/fixtures/on-sale.ndjson`);
});

t.test("tests/fixtures/on-sale.ndjson holds 5,000 requests and enough of each oddity", async (t) => {
  const counts = new Map<string, number>();
  for await (const step of readSteps(FIXTURE)) {
    const name = step.do === "reserve" ? step.card : step.do === "sow" ? step.kind : step.do;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const count = (...names: string[]) => names.reduce((sum, name) => sum + (counts.get(name) ?? 0), 0);
  t.equal(count(...counts.keys()), 5_000);
  t.ok(count("cancel") > 300);
  t.ok(count("tok_poison") > 60, "poison");
  t.ok(count("tok_flaky", "tok_lost", "tok_failing") > 200, "retries");
  t.ok(count("magic", "short", "truncated") > 25, "undecodable");
  t.ok(count("unknown-schema") > 25, "unknown schema");
});
