import fc from "fast-check";
import t from "tap";
import {
  foreign,
  MalformedHeaders,
  type Ours,
  parseOurs,
  withOurs,
} from "../../../workers/_runtime/headers.ts";
import type { Header } from "../../../workers/_runtime/record.ts";

const everything: Required<Ours> = {
  id: { topic: "reservations", partition: 3, offset: 1207 },
  time: 1_795_470_393_403,
  attempt: 2,
  due: 1_795_470_403_403,
  firstFailed: 1_795_470_393_999,
  stage: "handle",
  error: "Unavailable",
  reason: "Cannot charge as the gateway answered 503",
  fingerprint: "0123456789ab",
  worker: "payment",
  build: "1.4.0+abc",
  replay: "plan-7",
  replays: 1,
  letter: { topic: "reservations.payment.dlq", partition: 3, offset: 9 },
};

t.test("withOurs() writes the wire contract's names and texts", async (t) => {
  const written = withOurs([], everything).map(([name, value]) => `${name}=${value}`);
  t.same(written, [
    "bo-id=reservations-3-1207",
    "bo-time=1795470393403",
    "bo-attempt=2",
    "bo-due=1795470403403",
    "bo-first-failed=1795470393999",
    "bo-stage=handle",
    "bo-error=Unavailable",
    "bo-reason=Cannot charge as the gateway answered 503",
    "bo-fingerprint=0123456789ab",
    "bo-worker=payment",
    "bo-build=1.4.0+abc",
    "bo-replay=plan-7",
    "bo-replays=1",
    "bo-letter=reservations.payment.dlq-3-9",
  ]);
});

t.test("parseOurs() reads what withOurs() wrote, all or none", async (t) => {
  t.same(parseOurs(withOurs([["a", null]], everything)), everything);
  t.same(parseOurs(withOurs([], {})), {});
});

const header: fc.Arbitrary<Header> = fc.tuple(
  fc.oneof(
    fc.string(),
    fc.constantFrom(
      "a",
      "7",
      "__proto__",
      "traceparent",
      "bo-id",
      "bo-reason",
      "bo-",
      "bo-x-bo-id",
      "Bo-id",
      "ключ",
    ),
  ),
  fc.option(
    fc.uint8Array().map((bytes): Buffer => Buffer.from(bytes)),
    { nil: null },
  ),
);

t.test("foreign() gives back every header that isn't ours, in order, byte for byte", async (t) => {
  fc.assert(
    fc.property(fc.array(header), (theirs) => {
      const moved = withOurs(theirs, everything);
      t.strictSame(foreign(moved), theirs);
      t.strictSame(parseOurs(moved), everything);
      // A second hop replaces ours and appends none.
      t.strictSame(withOurs(foreign(moved), everything), moved);
    }),
  );
});

t.test("withOurs() keeps a producer's own 'bo-' header apart from ours", async (t) => {
  const theirs: Header[] = [["bo-attempt", Buffer.from("not ours")]];
  const moved = withOurs(theirs, { attempt: 2 });
  t.same(
    moved.map(([name]) => name),
    ["bo-x-bo-attempt", "bo-attempt"],
  );
  t.equal(parseOurs(moved).attempt, 2);
  t.same(foreign(moved), theirs);
});

t.test("withOurs() cuts the reason to 1 kB at a character", async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 0, maxLength: 1500 }), (reason) => {
      const [value] = withOurs([], { reason }).map(([, value]) => value);
      const written = value?.toString() ?? "";
      t.ok((value?.length ?? 0) <= 1024);
      t.ok(reason.toWellFormed().startsWith(written));
      t.ok(
        Buffer.byteLength(reason) <= 1024
          ? written === reason.toWellFormed()
          : Buffer.byteLength(written) > 1020,
      );
    }),
  );
});

t.test("withOurs() stays below 4 kB together", async (t) => {
  const place = { topic: "t".repeat(249), partition: 0x7fffffff, offset: Number.MAX_SAFE_INTEGER };
  const most = Number.MAX_SAFE_INTEGER;
  const long = "é".repeat(5000);
  const ours = withOurs([], {
    ...{ id: place, letter: place, time: most, attempt: most, due: most, firstFailed: most, replays: most },
    ...{ stage: "parked", error: long, reason: long, build: long },
    ...{ fingerprint: "f".repeat(64), worker: "w".repeat(255), replay: "r".repeat(128) },
  });
  const bytes = ours.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + (value?.length ?? 0), 0);
  t.equal(ours.length, 14);
  t.ok(bytes < 4096, String(bytes));
});

t.test(
  "withOurs() carries any timestamp and any message, so that no record is stopped by them",
  async (t) => {
    for (const time of [-1, 0, 1_795_470_393_403_000_000, Number.MAX_SAFE_INTEGER]) {
      t.equal(parseOurs(withOurs([], { time })).time, time);
    }
    const thrown = { error: undefined, reason: { toString: () => "x" } } as unknown as Ours;
    t.same(parseOurs(withOurs([], thrown)), { reason: "(object)" });
  },
);

t.test("withOurs() refuses what it could not read back", async (t) => {
  for (const ours of [{ attempt: 0 }, { due: -1 }, { time: 1.5 }, { worker: "w".repeat(256) }] as Ours[]) {
    t.throws(() => withOurs([], ours), RangeError, JSON.stringify(ours).slice(0, 40));
  }
});

t.test("parseOurs() throws MalformedHeaders with header and value", async (t) => {
  const cases: readonly (readonly [string, Buffer | null, string])[] = [
    ["bo-attempt", Buffer.from("0"), "'0'"],
    ["bo-attempt", Buffer.from("x"), "'x'"],
    ["bo-attempt", Buffer.from("1e3"), "'1e3'"],
    ["bo-due", Buffer.from("-1"), "'-1'"],
    ["bo-due", Buffer.from("9007199254740993"), "'9007199254740993'"],
    ["bo-id", Buffer.from("payments"), "'payments'"],
    ["bo-stage", Buffer.from("nowhere"), "'nowhere'"],
    ["bo-time", null, "null"],
    ["bo-reason", Buffer.from([0x61, 0xff]), "'a\ufffd'"],
  ];
  for (const [name, value, shown] of cases) {
    t.throws(() => parseOurs([[name, value]]), new MalformedHeaders(name, shown), `${name} ${value}`);
  }
  const twice: Header[] = [
    ["bo-attempt", Buffer.from("1")],
    ["bo-attempt", Buffer.from("2")],
  ];
  t.throws(() => parseOurs(twice), {
    message: "Cannot read header 'bo-attempt': current value is given twice, again as '2'",
  });
});

t.test("parseOurs() ignores headers of a later build", async (t) => {
  t.same(
    parseOurs([
      ["bo-colour", Buffer.from("red")],
      ["bo-x-bo-due", Buffer.from("no")],
    ]),
    {},
  );
});
