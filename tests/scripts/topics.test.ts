import { randomBytes } from "node:crypto";
import { pino } from "pino";
import t from "tap";
import { observeTopics } from "../../scripts/topics/observe.ts";
import { planTopics } from "../../scripts/topics/plan.ts";
import { applyDeclared } from "../../scripts/topics.ts";
import { connectBroker } from "../../workers/_runtime/broker/connect.ts";
import type { Broker } from "../../workers/_runtime/broker.ts";
import { declaredTopics } from "../../workers/_runtime/derived-topics.ts";
import { defineWorker, from, readConfig, record, topic, type Worker } from "../../workers/_runtime/mod.ts";
import { boxoffice } from "./boxoffice.ts";

interface Made {
  readonly type: "Made";
  readonly id: string;
}
const Made = record<Made>("test.Made", {
  type: "record",
  name: "Made",
  fields: [{ name: "id", type: "string" }],
});

const config = readConfig(process.env, ["KAFKA_BROKERS"]);

/** A worker of its own with a source topic of its own, as one test sees the fleet, and a connection of its own. */
function fleet(t: { teardown(stop: () => Promise<void>): void }, ladder: readonly string[] = ["1s"]) {
  const broker = connectBroker(config.kafka, { clientId: "topics-test", log: pino({ level: "silent" }) });
  t.teardown(() => broker.close());
  const id = `t${randomBytes(6).toString("hex")}`;
  const source = topic({
    name: id,
    records: [Made],
    key: (event) => event.id,
    partitions: 2,
    retention: "forever",
  });
  const make = (retry: readonly string[]): Worker =>
    defineWorker({ name: `w-${id}`, reads: [from(source, Made)], retry, handle() {} });
  const declare = (worker: Worker, partitions?: number) =>
    declaredTopics([], [worker], { retry: undefined, partitions, replicationFactor: 1 }).filter(
      // The fleet's own topics belong to everybody on this broker.
      (each) => each.kind !== "fleet",
    );
  const worker = make(ladder);
  const derived = (rest: string) => `${id}.w-${id}.${rest}`;
  return { broker, admin: broker.admin, source: id, worker, make, declare, derived };
}

const note = (topic: string) => ({ topic, partition: 0, key: null, value: Buffer.from("x"), headers: [] });

/** Commits offsets for `group`, and writes `topics` a record each in the same transaction. */
async function commit(
  broker: Broker,
  group: string,
  offsets: Readonly<Record<string, number>>,
  topics: readonly string[] = [],
) {
  const producer = broker.transactional(`${group}-test`);
  await producer.fence();
  const commits = Object.entries(offsets).map(([topic, offset]) => ({
    topic,
    partition: 0,
    offset,
    metadata: "",
  }));
  await producer.commit(group, topics.map(note), commits);
  await producer.close();
}

t.test("applyDeclared() creates what is missing, and nothing the second time", async (t) => {
  const { broker, admin, source, worker, declare, derived } = fleet(t, ["1s", "10s"]);
  const declared = declare(worker);
  const names = [derived("retry.1s"), derived("retry.10s"), derived("replay"), derived("dlq"), source];
  t.same(
    await applyDeclared(broker, declared, [worker], false),
    names.map((name) => ({ name, result: "created" })),
  );
  t.same(await applyDeclared(broker, declared, [worker], false), []);
  const planned = planTopics(declared, await observeTopics(broker, declared));
  t.same(
    planned.filter((each) => each.declared !== undefined).map((each) => each.action),
    declared.map(() => "same"),
  );
  const configs = await admin.topicConfigs([derived("dlq")], ["max.message.bytes", "retention.ms"]);
  t.match(configs.get(derived("dlq")), { "max.message.bytes": "1114124", "retention.ms": "2592000000" });
  t.equal((await admin.partitionCounts([derived("replay")])).get(derived("replay")), 2);
});

t.test("applyDeclared() refuses what differs and holds back the rest of its family", async (t) => {
  const { broker, admin, source, worker, declare, derived } = fleet(t);
  await admin.createTopics([
    { name: source, partitions: 2, replicationFactor: 1, config: { "retention.ms": "60000" } },
  ]);
  const results = await applyDeclared(broker, declare(worker), [worker], true);
  t.equal(results.length, 4);
  t.ok(
    results.every(
      (each) => each.result === "refused" && each.why?.includes("retention.ms is 60000, declared -1"),
    ),
  );
  t.notOk((await admin.listTopics()).includes(derived("dlq")));
});

t.test("applyDeclared() refuses fewer partitions than there are", async (t) => {
  const { broker, worker, declare } = fleet(t);
  await applyDeclared(broker, declare(worker, 3), [worker], false);
  const results = await applyDeclared(broker, declare(worker, 2), [worker], false);
  t.match(results, [{ result: "refused", why: /partitions is 3, declared 2/ }]);
});

t.test("applyDeclared() adds partitions only when drained, derived topics first", async (t) => {
  const { broker, admin, source, worker, declare, derived } = fleet(t);
  await applyDeclared(broker, declare(worker), [worker], false);
  await broker.producer().send([note(source)]);
  const grow = () => applyDeclared(broker, declare(worker, 3), [worker], false);
  t.match(await grow(), [{ result: "refused", why: `'${worker.name}' is not done with '${source}'` }]);
  await commit(broker, worker.name, { [source]: 1 }, [derived("retry.1s")]);
  t.match(await grow(), [
    { result: "refused", why: `'${worker.name}' is not done with '${derived("retry.1s")}'` },
  ]);
  // Behind the record's offset lies the marker of its transaction, which nobody commits.
  await commit(broker, worker.name, { [derived("retry.1s")]: 1 });
  const grown = await grow();
  t.same(
    grown.map((each) => [each.name, each.result]),
    [derived("retry.1s"), derived("replay"), derived("dlq"), source].map((name) => [name, "grown"]),
  );
  t.equal((await admin.partitionCounts([source])).get(source), 3);
  t.same(await grow(), []);
});

t.test("applyDeclared() deletes a retiring topic only on request and when it is drained", async (t) => {
  const { broker, admin, worker, make, declare, derived } = fleet(t, ["1s", "5s"]);
  await applyDeclared(broker, declare(worker), [worker], false);
  await commit(broker, worker.name, {}, [derived("retry.5s"), derived("dlq")]);
  const shorter = make(["1s"]);
  const apply = (prune: boolean) => applyDeclared(broker, declare(shorter), [shorter], prune);
  t.same(await apply(false), []);
  t.match(await apply(true), [{ name: derived("retry.5s"), result: "kept", why: "it is not drained" }]);
  await commit(broker, worker.name, { [derived("retry.5s")]: 1 });
  t.match(await apply(true), [{ name: derived("retry.5s"), result: "deleted" }]);
  t.notOk((await admin.listTopics()).includes(derived("retry.5s")));
  t.ok((await admin.listTopics()).includes(derived("dlq")));
});

t.test(
  "applyDeclared() keeps a retiring topic while its worker runs, a DLQ while it holds letters",
  async (t) => {
    const { broker, source, worker, make, declare, derived } = fleet(t, ["1s", "5s"]);
    const declared = declare(worker);
    await applyDeclared(broker, declared, [worker], false);
    const joined = Promise.withResolvers<void>();
    const member = broker.member(
      { groupId: worker.name, families: async () => [[source]], owned: () => [], rebalanceTimeoutMs: 10_000 },
      {
        drain: async () => {},
        assigned: () => joined.resolve(),
        batch: () => true,
        heartbeat: () => {},
        crashed: (error) => joined.reject(error),
      },
    );
    t.teardown(() => member.stop(2_000));
    await Promise.all([member.start(), joined.promise]);
    const shorter = make(["1s"]);
    const pruned = await applyDeclared(broker, declare(shorter), [shorter], true);
    t.match(pruned, [
      { name: derived("retry.5s"), result: "kept", why: /is running: scale it to zero first/ },
    ]);
    await member.stop(2_000);

    // The worker is gone altogether: only its source topic is declared still.
    await commit(broker, worker.name, {}, [derived("dlq")]);
    const gone = await applyDeclared(broker, declared.slice(-1), [], true);
    t.match(
      gone.map((each) => [each.name, each.result]),
      [
        [derived("dlq"), "kept"],
        [derived("replay"), "deleted"],
        [derived("retry.1s"), "deleted"],
        [derived("retry.5s"), "deleted"],
      ],
    );
  },
);

t.test("applyDeclared() tells what the broker won't have", async (t) => {
  const { broker, worker } = fleet(t);
  const declared = declaredTopics([], [worker], { retry: undefined, partitions: 1, replicationFactor: 9 });
  const own = declared.filter((each) => each.kind !== "fleet");
  await t.rejects(applyDeclared(broker, own, [worker], false), {
    name: "UsageError",
    message: /Cannot create topics.*is TOPIC_REPLICATION_FACTOR more than there are brokers\?/s,
  });
});

t.test("boxoffice topics exits 2 without KAFKA_BROKERS and 3 when nobody answers there", async (t) => {
  t.match(await boxoffice(["topics", "plan"]), { code: 2, stderr: /KAFKA_BROKERS/ });
  const env = { KAFKA_BROKERS: "127.0.0.1:1" };
  t.match(await boxoffice(["topics", "plan"], env), {
    code: 3,
    stdout: "",
    stderr: /Cannot reach Kafka at KAFKA_BROKERS=127.0.0.1:1/,
  });
});

t.test("boxoffice topics plan --json tells each topic's declaration", async (t) => {
  const env = { KAFKA_BROKERS: process.env.KAFKA_BROKERS, BOXOFFICE_PROFILE: "test", TOPIC_PARTITIONS: "5" };
  const { code, stdout } = await boxoffice(["topics", "plan", "--json"], env);
  t.ok(code === 0 || code === 1, "others on this broker may have made it otherwise");
  const planned: readonly { readonly name: string }[] = JSON.parse(stdout);
  t.match(
    planned.find((each) => each.name === "payments"),
    { kind: "source", source: "payments", config: { "cleanup.policy": "delete", "retention.ms": "-1" } },
  );
});
