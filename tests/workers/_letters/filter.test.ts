import t from "tap";
import { isEverything, matcher, outcomesOf } from "../../../workers/_letters/filter.ts";
import type { Letter } from "../../../workers/_letters/letter.ts";
import type { Filter } from "../../../workers/_letters/letter-filter.ts";
import { OPEN } from "../../../workers/_letters/state.ts";

const letter: Letter = {
  dlq: "payments.settlement.dlq",
  topic: "payments",
  worker: "settlement",
  partition: 3,
  offset: 7,
  diedAt: 1000,
  key: Buffer.from("k"),
  bytes: 5,
  ours: { attempt: 4, error: "Permanent", fingerprint: "abcdef012345" },
  malformed: undefined,
};

t.test("matcher() lets through what holds in everything that is given", async (t) => {
  const cases: readonly (readonly [Filter, boolean])[] = [
    [{}, true],
    [{ worker: ["payment", "settlement"] }, true],
    [{ worker: ["payment"] }, false],
    [{ worker: [] }, false],
    [{ topic: ["payments"], partition: [3] }, true],
    [{ topic: ["payments"], partition: [4] }, false],
    [{ error: ["Permanent"] }, true],
    [{ error: ["perm"] }, false],
    [{ fingerprint: ["abcd"] }, true],
    [{ fingerprint: ["bcde"] }, false],
    [{ key: ["k"] }, true],
    [{ key: ["base64:aw=="] }, true],
    [{ key: ["base64:aw"] }, true],
    [{ key: ["K"] }, false],
    [{ since: 1000 }, true],
    [{ since: 1001 }, false],
    [{ until: 1001 }, true],
    [{ until: 1000 }, false],
    [{ attempts: { min: 4, max: 4 } }, true],
    [{ attempts: { min: 5 } }, false],
    [{ attempts: { max: 3 } }, false],
    [{ letters: ["payments.settlement.dlq-3-7"] }, true],
    [{ letters: ["payments.settlement.dlq-3-8"] }, false],
  ];
  for (const [filter, answer] of cases) t.equal(matcher(filter)(letter), answer, JSON.stringify(filter));
});

t.test("matcher() tells a null key, an empty one and bytes apart", async (t) => {
  const bytes = Buffer.from([0xff, 0]);
  t.equal(matcher({ key: [""] })({ ...letter, key: Buffer.alloc(0) }), true);
  t.equal(matcher({ key: [""] })({ ...letter, key: null }), false);
  t.equal(matcher({ key: [`base64:${bytes.toString("base64")}`] })({ ...letter, key: bytes }), true);
  t.equal(matcher({ key: [bytes.toString()] })({ ...letter, key: bytes }), false);
});

t.test("matcher() and outcomesOf() refuse what can't mean anything", async (t) => {
  const wrong: readonly Filter[] = [
    { fingerprint: ["abc"] },
    { key: ["base64:§"] },
    { key: ["base64:a"] },
    { letters: ["payments"] },
    { since: 2, until: 1 },
    { attempts: { min: 2, max: 1 } },
    { since: Number.NaN },
  ];
  for (const filter of wrong)
    t.throws(() => matcher(filter), { name: "Refused", code: "invalid-filter" }, JSON.stringify(filter));
  const misspelt: unknown = JSON.parse('{"outcomes":["opened"]}');
  t.throws(() => outcomesOf(misspelt as Filter), { code: "invalid-filter", message: /opened/ });
  t.equal(outcomesOf({})(OPEN), true);
  t.equal(outcomesOf({})({ outcome: "replaying", plan: "p", replays: 1, time: 1 }), false);
  t.equal(outcomesOf({ outcomes: "all" })({ outcome: "replaying", plan: "p", replays: 1, time: 1 }), true);
});

t.test("isEverything() is false once anything narrows it down", async (t) => {
  t.ok(isEverything({}));
  t.ok(isEverything({ outcomes: "all" }));
  t.notOk(isEverything({ until: 2 }));
  t.notOk(isEverything({ key: [""] }));
});
