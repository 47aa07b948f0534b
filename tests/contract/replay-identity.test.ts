import { createHash } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import { foreign, parseOurs } from "../../workers/_runtime/headers.ts";
import { defineWorker, from } from "../../workers/_runtime/mod.ts";
import type { Header, KafkaRecord } from "../../workers/_runtime/record.ts";
import { fleet, Note, noteTopic, until } from "../_support/fleet.ts";
import { call, everyLetter, hands, keepPlan, letter } from "../_support/letters.ts";

const LETTERS = 10_000;

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const name = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "7",
    "constructor",
    "__proto__",
    "toString",
    "bo-id",
    "bo-replay",
    "bo-x-y",
    "ä",
    "",
  ),
  fc.string({ maxLength: 8 }).filter((text) => text.isWellFormed()),
);
const odd = fc.record({
  key: fc.option(bytes, { freq: 4 }),
  value: fc.oneof(
    { weight: 5, arbitrary: bytes },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant(Buffer.alloc(0)) },
  ),
  theirs: fc.array(fc.tuple(name, fc.option(bytes, { freq: 3 })), { maxLength: 6 }),
});

t.test("10,000 replayed records keep key, value, foreign headers and partition, byte for byte", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("odd"), 4);
  const worker = defineWorker({ name: f.unique("w"), reads: [from(source, Note)], handle() {} });
  await f.prepare([source], [worker]);
  const dlq = `${source.name}.${worker.name}.dlq`;
  const samples = fc.sample(odd, { numRuns: LETTERS, seed: 26 });
  const letters = samples.map(({ key, value, theirs }, n) =>
    letter(
      f,
      dlq,
      { topic: dlq, key, value, headers: [] },
      { partition: n % 4, offset: n, theirs: theirs as readonly Header[] },
    ),
  );
  for (let at = 0; at < LETTERS; at += 1_000) await f.send(letters.slice(at, at + 1_000));
  const own = await hands(t, f);
  const { plan } = await keepPlan(own, await everyLetter(f, dlq));
  await own.jobs.replay(plan, { reason: "compare", pace: false }, call);
  void own.carryOut(plan);
  const replay = `${source.name}.${worker.name}.replay`;
  let copies: readonly KafkaRecord[] = [];
  await until(t, "all are sent", async () => (await own.jobs.job(plan, call)).sent === LETTERS, 300);
  await until(t, "all are there", async () => {
    copies = await f.all(replay);
    return copies.length >= LETTERS;
  });
  t.equal(copies.length, LETTERS);
  const originals = await f.all(dlq);
  t.same(digests(copies), digests(originals));
  const first = samples[0];
  const copy = copies.find(({ headers }) => parseOurs(headers).id?.offset === 0);
  t.same(foreign(copy?.headers ?? []), first?.theirs, "and what was compared is what was given");
  t.ok(samples.some(({ value }) => value === null) && samples.some(({ value }) => value?.length === 0));
  t.equal(parseOurs(copy?.headers ?? []).time, 1_000, "the time handlers see is the origin's");
});

/** By partition in order: what must not change. */
function digests(records: readonly KafkaRecord[]): readonly string[] {
  return [0, 1, 2, 3].map((wanted) => {
    const hash = createHash("sha256");
    for (const { partition, key, value, headers } of records) {
      if (partition !== wanted) continue;
      const theirs = foreign(headers).map(([name, bytes]) => [name, bytes?.toString("base64") ?? null]);
      const id = parseOurs(headers).id;
      hash.update(JSON.stringify([id, key?.toString("base64"), value?.toString("base64") ?? null, theirs]));
    }
    return hash.digest("hex");
  });
}
