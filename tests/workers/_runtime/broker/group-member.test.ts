import { randomBytes } from "node:crypto";
import Cluster from "kafkajs/src/cluster/index.js";
import t, { type Test } from "tap";
import type {
  Assigned,
  Broker,
  GroupMember,
  MemberEvents,
  MemberOptions,
} from "../../../../workers/_runtime/broker.ts";
import { connect, eventsOf, out, topicOf, unique, until } from "../../../_support/kafka.ts";

const broker = connect();
t.teardown(() => broker.close());

interface Seen {
  readonly member: GroupMember;
  readonly assigned: Assigned[];
  readonly values: string[];
  readonly nextOffsets: Map<string, number>;
  readonly crashes: Error[];
  beats: number;
}

/** A member that reads everything it is given from offset 0. */
async function join(
  t: Test,
  options: Partial<MemberOptions> & Pick<MemberOptions, "families" | "groupId">,
  events: Partial<MemberEvents> = {},
  on: Broker = broker,
): Promise<Seen> {
  const positions = new Map<string, number>();
  const seen: Seen = {
    assigned: [],
    values: [],
    nextOffsets: positions,
    crashes: [],
    beats: 0,
    member: on.member(
      // Long, so that a busy machine doesn't make the group join twice.
      { owned: () => [], rebalanceTimeoutMs: 60_000, sessionTimeoutMs: 30_000, ...options },
      eventsOf({
        assigned(assigned) {
          seen.assigned.push(assigned);
          for (const { topics, partitions } of assigned.families)
            for (const topic of topics)
              for (const partition of partitions) {
                seen.member.seek(topic, partition, positions.get(`${topic}-${partition}`) ?? 0);
                seen.member.resume(topic, partition);
              }
        },
        batch(topic, partition, records, nextOffset) {
          for (const { value } of records) seen.values.push(value?.toString() ?? "null");
          positions.set(`${topic}-${partition}`, nextOffset);
          return true;
        },
        heartbeat() {
          seen.beats++;
        },
        crashed(error) {
          seen.crashes.push(error);
        },
        ...events,
      }),
    ),
  };
  t.teardown(() => seen.member.stop(2_000));
  await seen.member.start();
  return seen;
}

const partitionsOf = (seen: Seen) => seen.assigned.at(-1)?.families[0]?.partitions ?? [];

t.test(
  "member() reads from the seeked position when the group has no offsets, and commits none",
  async (t) => {
    const topic = await topicOf(broker);
    const groupId = unique("group");
    await broker.producer().send(["a", "b", "c"].map((value) => out(topic, value, { partition: 0 })));
    const seen = await join(t, { groupId, families: async () => [[topic]] });
    await until(
      () => seen.values.length,
      (length) => length >= 3,
    );
    t.same(seen.values, ["a", "b", "c"]);
    seen.member.seek(topic, 0, 1);
    await until(
      () => seen.values.length,
      (length) => length >= 5,
    );
    t.same(seen.values, ["a", "b", "c", "b", "c"]);
    await seen.member.stop(2_000);
    t.equal((await broker.admin.committed(groupId, [topic])).get(topic)?.[0]?.offset, undefined);
  },
);

t.test("member() starts with everything paused", async (t) => {
  const topic = await topicOf(broker);
  await broker.producer().send([out(topic, "a", { partition: 0 })]);
  let batches = 0;
  const assigned: Assigned[] = [];
  const seen = await join(
    t,
    { groupId: unique("group"), families: async () => [[topic]] },
    {
      assigned: (given) => void assigned.push(given),
      batch: () => {
        batches++;
        return true;
      },
    },
  );
  await until(
    () => assigned.length,
    (length) => length > 0,
  );
  await until(
    () => seen.beats,
    (beats) => beats >= 2,
  );
  t.equal(batches, 0);
  seen.member.resume(topic, 0);
  await until(
    () => batches,
    (count) => count === 1,
  );
});

t.test("batch() returning false gets the same records again, and not while paused", async (t) => {
  const topic = await topicOf(broker);
  await broker.producer().send([out(topic, "a", { partition: 0 })]);
  let refusals = 0;
  const taken: number[] = [];
  const seen = await join(
    t,
    { groupId: unique("group"), families: async () => [[topic]] },
    {
      batch(_, partition, records) {
        if (refusals < 2) {
          refusals++;
          seen.member.pause(topic, partition);
          return false;
        }
        taken.push(...records.map(({ offset }) => offset));
        return true;
      },
    },
  );
  await until(
    () => refusals,
    (count) => count === 1,
  );
  await new Promise((resolve) => setTimeout(resolve, 600));
  t.equal(refusals, 1, "nothing comes while paused");
  seen.member.resume(topic, 0);
  await until(
    () => refusals,
    (count) => count === 2,
  );
  seen.member.resume(topic, 0);
  await until(
    () => taken.length,
    (count) => count === 1,
  );
  t.same(taken, [0]);
});

t.test("seek() within batch() wins over the batch", async (t) => {
  const topic = await topicOf(broker);
  await broker.producer().send(["a", "b", "c"].map((value) => out(topic, value, { partition: 0 })));
  const taken: number[][] = [];
  const seen = await join(
    t,
    { groupId: unique("group"), families: async () => [[topic]] },
    {
      batch(_, partition, records) {
        taken.push(records.map(({ offset }) => offset));
        if (taken.length === 1) seen.member.seek(topic, partition, 2);
        return taken.length > 1;
      },
    },
  );
  await until(
    () => taken.length,
    (count) => count >= 2,
  );
  t.same(taken, [[0, 1, 2], [2]]);
});

t.test("batch() tells the next offset behind markers and aborted records", async (t) => {
  const topic = await topicOf(broker, 2);
  const producer = broker.transactional(unique("tx"));
  await producer.fence();
  await producer.commit("unused", [out(topic, "a", { partition: 0 })], []);
  const large = out(topic, randomBytes(1_100_000), { partition: 1 });
  await producer.commit("unused", [out(topic, "aborted", { partition: 0 }), large], []).catch(() => {});
  const high = await until(
    async () => (await broker.admin.offsets(topic))[0]?.high,
    (seen) => seen === 4, // two records and their markers
  );
  const seen = await join(t, { groupId: unique("group"), families: async () => [[topic]] });
  await until(
    () => seen.nextOffsets.get(`${topic}-0`),
    (next) => next === high,
  );
  t.same(seen.values, ["a"]);
  seen.member.seek(topic, 0, 1);
  await until(
    () => seen.nextOffsets.get(`${topic}-0`),
    (next) => next === high,
  );
  t.same(seen.values, ["a"], "only markers and aborted records from offset 1 on");
});

t.test("a position that was trimmed away moves to the lowest offset and commits nothing", async (t) => {
  const topic = await topicOf(broker);
  const groupId = unique("group");
  await broker.producer().send(["a", "b", "c"].map((value) => out(topic, value, { partition: 0 })));
  await broker.admin.deleteRecords(topic, 0, 2);
  const seen = await join(t, { groupId, families: async () => [[topic]] });
  await until(
    () => seen.values.length,
    (length) => length > 0,
  );
  t.same(seen.values, ["c"]);
  t.equal((await broker.admin.committed(groupId, [topic])).get(topic)?.[0]?.offset, undefined);
  t.same(seen.crashes, []);
});

t.test(
  "two members share partitions, partition p of all topics of a family together, and keep what they own",
  async (t) => {
    const [source, retry] = [await topicOf(broker, 4), await topicOf(broker, 4)];
    const groupId = unique("group");
    const owned = (seen: () => Seen | undefined) => () => {
      const known = seen();
      return known ? partitionsOf(known).map((partition) => `${source}-${partition}`) : [];
    };
    const families = async () => [[source, retry]];
    let a: Seen | undefined;
    let b: Seen | undefined;
    a = await join(t, { groupId, families, owned: owned(() => a) });
    await until(
      () => a && partitionsOf(a).length,
      (length) => length === 4,
    );
    const other = connect();
    t.teardown(() => other.close());
    b = await join(t, { groupId, families, owned: owned(() => b) }, {}, other);
    await until(
      () => [a, b].map((seen) => seen && partitionsOf(seen).length),
      ([x, y]) => x === 2 && y === 2,
    );
    t.same([...(a ? partitionsOf(a) : []), ...(b ? partitionsOf(b) : [])].sort(), [0, 1, 2, 3]);
    t.same(a?.assigned.at(-1)?.families[0]?.topics, [source, retry]);
    t.equal(a?.assigned.at(-1)?.sameMember, true, "the group remembers who stayed");
    const kept = a ? [...partitionsOf(a)] : [];
    await b?.member.stop(2_000);
    await until(
      () => a && partitionsOf(a).length,
      (length) => length === 4,
    );
    t.ok(kept.every((partition) => a && partitionsOf(a).includes(partition)));
  },
);

t.test("rejoin() subscribes to topics created since, as the same member, after draining", async (t) => {
  const topic = await topicOf(broker);
  const families = [[topic]];
  let drains = 0;
  const seen = await join(
    t,
    { groupId: unique("group"), families: async () => families },
    {
      drain: async () => {
        drains++;
      },
    },
  );
  await until(
    () => seen.assigned.length,
    (length) => length === 1,
  );
  const late = await topicOf(broker);
  await broker.producer().send([out(late, "late", { partition: 0 })]);
  families[0] = [topic, late];
  seen.member.rejoin();
  await until(
    () => seen.values,
    (values) => values.includes("late"),
  );
  t.same(seen.assigned.at(-1)?.families[0], { topics: [topic, late], partitions: [0] });
  t.equal(seen.assigned.at(-1)?.sameMember, true);
  t.equal(drains, seen.assigned.length);
});

t.test(
  "drain() may last longer than the session: the member stays, and no other gets its partitions before",
  async (t) => {
    const topic = await topicOf(broker, 2);
    const groupId = unique("group");
    const families = async () => [[topic]];
    const sessionTimeoutMs = 10_000;
    let drainedAt = 0;
    let expelledEarly = false;
    const a = await join(
      t,
      { groupId, families, sessionTimeoutMs },
      {
        async drain(expelled) {
          if (a === undefined || a.assigned.length !== 1) return;
          await new Promise((resolve) => setTimeout(resolve, sessionTimeoutMs + 1_500));
          expelledEarly = expelled.aborted;
          drainedAt = performance.now();
        },
      },
    );
    await until(
      () => a.assigned.length,
      (length) => length === 1,
    );
    const beats = a.beats;
    const other = connect();
    t.teardown(() => other.close());
    let assignedAt = 0;
    await join(
      t,
      { groupId, families, sessionTimeoutMs },
      {
        assigned: () => {
          assignedAt ||= performance.now();
        },
      },
      other,
    );
    await until(
      () => a.assigned.length,
      (length) => length >= 2,
    );
    t.equal(expelledEarly, false);
    t.equal(a.assigned.at(-1)?.sameMember, true);
    t.ok(assignedAt > drainedAt && drainedAt > 0, "the other is assigned only after the drain");
    t.ok(a.beats - beats >= 4, "the group's good answers are told meanwhile");
  },
);

t.test("a topic deleted while a member reads it is let go, and the others are read on", async (t) => {
  const [source, retiring] = [await topicOf(broker), await topicOf(broker)];
  const families = [[source, retiring]];
  const seen = await join(t, { groupId: unique("group"), families: async () => families });
  await until(
    () => seen.assigned.length,
    (length) => length === 1,
  );
  families[0] = [source];
  await broker.admin.deleteTopics([retiring]);
  await until(
    () => seen.assigned.at(-1)?.families[0]?.topics.length,
    (topics) => topics === 1,
  );
  await broker.producer().send([out(source, "after", { partition: 0 })]);
  await until(
    () => seen.values,
    (values) => values.includes("after"),
  );
  t.same(seen.crashes, []);
});

t.test(
  "stop() ends in its time though the member is being drained, and nothing is assigned afterwards",
  async (t) => {
    const topic = await topicOf(broker);
    let drains = 0;
    let aborted = false;
    const seen = await join(
      t,
      { groupId: unique("group"), families: async () => [[topic]] },
      {
        async drain(expelled) {
          if (++drains === 1) return;
          await new Promise((resolve) => expelled.addEventListener("abort", resolve));
          aborted = true;
        },
      },
    );
    await until(
      () => seen.assigned.length,
      (length) => length === 1,
    );
    seen.member.rejoin();
    await until(
      () => drains,
      (count) => count === 2,
    );
    await seen.member.stop(3_000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    t.ok(aborted);
    t.equal(seen.assigned.length, 1);
    t.same(seen.crashes, []);
  },
);

t.test("pause(), resume() and seek() do nothing before start() and after stop()", async (t) => {
  const topic = await topicOf(broker);
  const member = broker.member(
    {
      groupId: unique("group"),
      families: async () => [[topic]],
      owned: () => [],
      rebalanceTimeoutMs: 10_000,
    },
    eventsOf({}),
  );
  const touch = () => {
    member.pause(topic, 0);
    member.resume(topic, 0);
    member.seek(topic, 0, 1);
    member.pause("never-assigned", 7);
  };
  t.doesNotThrow(touch);
  await member.start();
  await member.stop(2_000);
  t.doesNotThrow(touch);
  await member.stop(2_000);
});

t.test("start() rejects when a topic doesn't exist", async (t) => {
  const member = broker.member(
    {
      groupId: unique("group"),
      families: async () => [[unique("missing")]],
      owned: () => [],
      rebalanceTimeoutMs: 10_000,
    },
    eventsOf({}),
  );
  await t.rejects(member.start(), { name: "KafkaJSProtocolError", message: /topic-partition/ });
  await member.stop(2_000);
});

t.test("crashed() is called when the events throw: nothing escapes into the client's retries", async (t) => {
  const topic = await topicOf(broker);
  await broker.producer().send([out(topic, "a", { partition: 0 })]);
  const seen = await join(
    t,
    { groupId: unique("group"), families: async () => [[topic]] },
    {
      batch: () => {
        seen.member.pause(topic, 0);
        throw new TypeError("a bug");
      },
    },
  );
  await until(
    () => seen.crashes.length,
    (length) => length === 1,
  );
  t.match(seen.crashes[0], { name: "TypeError", message: "a bug" });
});

t.test(
  "member() starts anew when no broker names its coordinator, and when a connection is waited for too long",
  async (t) => {
    const topic = await topicOf(broker);
    await broker.producer().send([out(topic, "a", { partition: 0 })]);
    const { findGroupCoordinator } = Cluster.prototype;
    t.teardown(() => {
      Cluster.prototype.findGroupCoordinator = findGroupCoordinator;
    });
    const groupId = unique("group");
    // Both are kafkajs' own; neither of them lets it start anew by itself.
    const refusals = ["KafkaJSGroupCoordinatorNotFound", "KafkaJSLockTimeout"].map((name) =>
      Object.assign(new Error("No answer in time"), { name, retriable: false }),
    );
    Cluster.prototype.findGroupCoordinator = async function (this: Cluster, options) {
      const refusal = options.groupId === groupId ? refusals.shift() : undefined;
      if (refusal !== undefined) throw refusal;
      return await findGroupCoordinator.call(this, options);
    };
    const seen = await join(t, { groupId, families: async () => [[topic]] });
    await until(
      () => seen.values.length,
      (length) => length >= 1,
    );
    t.same(refusals, []);
    t.same(seen.values, ["a"]);
    t.same(seen.crashes, []);
  },
);
