import fc from "fast-check";
import t from "tap";
import { assign, type Candidate } from "../../../../workers/_runtime/broker/assign.ts";

const families = [
  ["a", "a.w.retry.1s", "a.w.replay"],
  ["b", "b.w.retry.1s"],
];
const topics = families.flat();

function member(
  memberId: string,
  owned: readonly string[] = [],
  known: readonly string[] = topics,
): Candidate {
  const own = families.map((family) => family.filter((topic) => known.includes(topic)));
  return { memberId, topics: new Set(known), families: own, owned };
}

/** `<topic>-<partition>` per member. */
function flat(members: readonly Candidate[], counts: Readonly<Record<string, number>>) {
  const shares = assign(members, (topic) => counts[topic] ?? counts[topic.slice(0, 1)] ?? 0);
  return new Map(
    [...shares].map(([id, share]) => [
      id,
      share.flatMap(({ topic, partitions }) => partitions.map((partition) => `${topic}-${partition}`)),
    ]),
  );
}

const sources = (places: readonly string[] | undefined) =>
  (places ?? []).filter((place) => /^[ab]-\d+$/.test(place)).sort();

t.test("assign() gives partition p of every topic of a family to one member", async (t) => {
  const shares = flat([member("m1"), member("m2")], { a: 2, b: 2 });
  for (const places of shares.values())
    for (const family of families)
      for (const partition of [0, 1]) {
        const held = family.filter((topic) => places.includes(`${topic}-${partition}`));
        t.ok(held.length === 0 || held.length === family.length, `${family[0]}-${partition} is whole`);
      }
  t.same([...shares.values()].flat().sort().length, 2 * topics.length);
});

t.test(
  "assign() leaves partitions with their owner when a member joins, and moves as few as even",
  async (t) => {
    const owned = ["a-0", "a-1", "a-2", "a-3"];
    const shares = flat([member("m2", owned), member("m1")], { a: 4, b: 0 });
    t.same(sources(shares.get("m2")).length, 2);
    t.ok(sources(shares.get("m2")).every((place) => owned.includes(place)));
  },
);

t.test("assign() gives what two members claim to one of them", async (t) => {
  const shares = flat([member("m1", ["a-0"]), member("m2", ["a-0"])], { a: 1, b: 0 });
  t.same(sources(shares.get("m1")), ["a-0"]);
  t.same(sources(shares.get("m2")), []);
});

t.test("assign() gives a family only to members that subscribe to all of its topics", async (t) => {
  const older = member("m1", ["a-0", "a-1"], ["a", "a.w.retry.1s", "b", "b.w.retry.1s"]);
  const shares = flat([older, member("m2")], { a: 2, b: 2 });
  t.same(sources(shares.get("m2")), ["a-0", "a-1"], "the older build lacks the replay topic");
  t.same(sources(shares.get("m1")), ["b-0", "b-1"]);
});

t.test("assign() gives a family that no member can read whole to nobody", async (t) => {
  const one = member("m1", [], ["a", "a.w.retry.1s"]);
  const other = member("m2", [], ["a", "a.w.replay"]);
  t.same([...flat([one, other], { a: 2 }).values()].flat(), []);
});

t.test("assign() leaves out partitions that a derived topic doesn't have yet", async (t) => {
  const shares = flat([member("m1")], { a: 2, "a.w.replay": 1, b: 0 });
  t.notOk(shares.get("m1")?.includes("a.w.replay-1"));
  t.ok(shares.get("m1")?.includes("a.w.retry.1s-1"));
});

t.test("assign() does not depend on the members' order", async (t) => {
  const members = [member("m1", ["a-1"]), member("m2", ["b-0"]), member("m3")];
  t.same(flat(members, { a: 5, b: 4 }), flat([...members].reverse(), { a: 5, b: 4 }));
});

const group = fc
  .record({
    a: fc.integer({ min: 0, max: 12 }),
    b: fc.integer({ min: 0, max: 12 }),
    members: fc.uniqueArray(
      fc.record({
        memberId: fc.string({ minLength: 1, maxLength: 4 }),
        lacks: fc.option(fc.constantFrom(...topics.filter((topic) => topic.length > 1)), { freq: 3 }),
        owned: fc.array(
          fc
            .tuple(fc.constantFrom("a", "b"), fc.integer({ min: 0, max: 13 }))
            .map(([topic, p]) => `${topic}-${p}`),
          { maxLength: 8 },
        ),
      }),
      { minLength: 1, maxLength: 6, selector: ({ memberId }) => memberId },
    ),
  })
  .map(({ a, b, members }) => ({
    counts: { a, b },
    members: members.map(({ memberId, lacks, owned }) =>
      // Another member may know the topic: then this one is not eligible.
      member(
        memberId,
        owned,
        topics.filter((topic) => topic !== lacks),
      ),
    ),
  }));

const eligible = ({ topics: subscribed }: Candidate, source: string, members: readonly Candidate[]) =>
  members
    .flatMap((one) => one.families.filter((family) => family[0] === source).flat())
    .every((topic) => subscribed.has(topic));

t.test("assign() gives each partition to exactly one eligible member, evenly", async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(group, ({ counts, members }) => {
        const shares = flat(members, counts);
        for (const source of ["a", "b"] as const) {
          const able = members.filter((one) => one.topics.has(source) && eligible(one, source, members));
          const known = members.some((one) => one.topics.has(source));
          for (let partition = 0; partition < counts[source]; partition++) {
            const holders = [...shares].filter(([, places]) => places.includes(`${source}-${partition}`));
            if (holders.length !== (able.length > 0 && known ? 1 : 0)) return false;
            if (holders.some(([id]) => !able.some((one) => one.memberId === id))) return false;
          }
        }
        const load = (id: string) => sources(shares.get(id)).length;
        // Nobody has two more than one who could take it.
        return members.every((from) =>
          sources(shares.get(from.memberId)).every((place) =>
            members
              .filter((to) => eligible(to, place.slice(0, 1), members))
              .every((to) => load(from.memberId) - load(to.memberId) < 2),
          ),
        );
      }),
    ),
  );
});

t.test("assign() repeated changes nothing", async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(group, ({ counts, members }) => {
        const first = flat(members, counts);
        const again = flat(
          members.map((one) => ({ ...one, owned: sources(first.get(one.memberId)) })),
          counts,
        );
        return members.every(
          ({ memberId }) => sources(first.get(memberId)).join() === sources(again.get(memberId)).join(),
        );
      }),
    ),
  );
});
