import t from "tap";
import {
  type Circumstances,
  type Decision,
  decide,
  type Failure,
  isConnectionError,
} from "../../../workers/_runtime/decide.ts";

const ladder = [1_000, 10_000];
const calm = { attempt: 1, ladder, outage: false, othersSucceeded: false };

const cases: readonly [string, Failure, Partial<Circumstances>, Decision][] = [
  [
    "a first transient failure takes the first level",
    "transient",
    {},
    { kind: "retry", level: 0, delayMs: 1_000, attempt: 2 },
  ],
  [
    "a second the second",
    "transient",
    { attempt: 2 },
    { kind: "retry", level: 1, delayMs: 10_000, attempt: 3 },
  ],
  ["one more attempt than levels, then a dead letter", "transient", { attempt: 3 }, { kind: "dead letter" }],
  ["permanent is a dead letter at once", "permanent", {}, { kind: "dead letter" }],
  [
    "permanent in an outage too: it was not the outage",
    "permanent",
    { outage: true },
    { kind: "dead letter" },
  ],
  ["unresolvable halts", "unresolvable", { attempt: 3 }, { kind: "halt" }],
  [
    "unavailable before the breaker knows uses an attempt",
    "unavailable",
    {},
    { kind: "retry", level: 0, delayMs: 1_000, attempt: 2 },
  ],
  ["unavailable in a known outage uses none", "unavailable", { outage: true, attempt: 3 }, { kind: "again" }],
  ["suspect in a known outage uses none", "suspect", { outage: true, attempt: 3 }, { kind: "again" }],
  [
    "unavailable on the last attempt repeats the last delay",
    "unavailable",
    { attempt: 3 },
    { kind: "retry", level: 1, delayMs: 10_000, attempt: 3 },
  ],
  [
    "even when others succeed",
    "unavailable",
    { attempt: 3, othersSucceeded: true },
    { kind: "retry", level: 1, delayMs: 10_000, attempt: 3 },
  ],
  [
    "suspect on the last attempt repeats while nothing shows that it is this record",
    "suspect",
    { attempt: 3 },
    { kind: "retry", level: 1, delayMs: 10_000, attempt: 3 },
  ],
  [
    "suspect on the last attempt is this record's fault when others succeeded",
    "suspect",
    { attempt: 3, othersSucceeded: true },
    { kind: "dead letter" },
  ],
  [
    "without a ladder a transient failure is a dead letter",
    "transient",
    { ladder: [] },
    { kind: "dead letter" },
  ],
  ["without a ladder an outage waits in memory", "unavailable", { ladder: [] }, { kind: "again" }],
  ["an attempt beyond a ladder that was shortened", "transient", { attempt: 9 }, { kind: "dead letter" }],
];

for (const [title, failure, circumstances, expected] of cases) {
  t.test(`decide(): ${title}`, async (t) => {
    t.same(decide(failure, { ...calm, ...circumstances }), expected);
  });
}

t.test("isConnectionError() looks through causes, and ends on a ring of them", async (t) => {
  const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
  t.equal(isConnectionError(refused), true);
  t.equal(isConnectionError(new TypeError("fetch failed", { cause: refused })), true);
  t.equal(isConnectionError(new Error("no")), false);
  t.equal(isConnectionError("ECONNREFUSED"), false);
  const ring: Error & { cause?: unknown } = new Error("ring");
  ring.cause = ring;
  t.equal(isConnectionError(ring), false);
});
