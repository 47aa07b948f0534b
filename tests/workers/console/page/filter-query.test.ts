import fc from "fast-check";
import t from "tap";
import type { Filter } from "../../../../workers/_letters/letter-filter.ts";
import { filterOf, filterText, queryOf } from "../../../../workers/console/page/filter-query.ts";

/** As fastify hands a query over: a name that is repeated becomes a list. */
function parsed(query: string): Record<string, string | string[]> {
  const read: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const before = read[name];
    read[name] = before === undefined ? value : [before, value].flat();
  }
  return read;
}

t.test("filterOf() reads back every filter that queryOf() writes", async (t) => {
  const text = fc
    .string({ minLength: 1, maxLength: 20, unit: "grapheme" })
    .filter((each) => each.isWellFormed());
  const texts = fc.array(text, { minLength: 1, maxLength: 4 });
  const time = fc.integer({ min: 0, max: 4e12 });
  const filters = fc.record(
    {
      worker: texts,
      topic: texts,
      error: texts,
      fingerprint: texts,
      key: texts,
      letters: texts,
      partition: fc.array(fc.nat(100), { minLength: 1, maxLength: 3 }),
      since: time,
      until: time,
      attempts: fc.oneof(
        fc.record({ min: fc.nat(9) }),
        fc.record({ max: fc.nat(9) }),
        fc.record({ min: fc.nat(9), max: fc.nat(9) }),
      ),
      where: text,
      outcomes: fc.oneof(
        fc.constant("all" as const),
        fc.constantFrom<readonly ("open" | "dead again")[]>(["open"], ["open", "dead again"]),
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(filters, (filter) => {
      // What fast-check makes has the shape of a filter.
      const plain = JSON.parse(JSON.stringify(filter)) as Filter;
      const read = filterOf(parsed(queryOf(plain)));
      if (!t.same(read, plain)) throw new Error("not the same");
    }),
    { numRuns: 100 },
  );
});

t.test("filterOf() takes a browser's fields: times as UTC, empty ones as not given", async (t) => {
  const filter = filterOf({
    worker: "",
    since: "2026-11-24T03:00:00",
    until: "2026-11-24T03:30",
    outcomes: "",
    where: "",
    attemptsMin: "",
  });
  t.same(filter, { since: Date.UTC(2026, 10, 24, 3), until: Date.UTC(2026, 10, 24, 3, 30) });
  t.same(filterOf({}), {});
});

t.test("filterOf() names what it can't read", async (t) => {
  t.throws(() => filterOf({ since: "yesterday" }), { problem: "invalid-request", message: /since/ });
  const beyond = { since: "9000000000000000" };
  t.throws(() => filterOf(beyond), { problem: "invalid-request", message: /since/ }, "no such date");
  t.throws(() => filterOf({ partition: "one" }), { problem: "invalid-request", message: /partition/ });
  t.throws(() => filterOf({ outcomes: "lost" }), { problem: "invalid-request", message: /outcomes/ });
});

t.test("filterText() tells a filter to people", async (t) => {
  t.equal(filterText({}), "every open letter");
  t.equal(
    filterText({ worker: ["payment"], since: 0, attempts: { min: 2 } }),
    "worker payment; since 1970-01-01T00:00:00.000Z; attemptsMin 2",
  );
});
