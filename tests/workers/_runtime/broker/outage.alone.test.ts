import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import t, { type Test } from "tap";
import { startStack } from "../../../../scripts/stack/start.ts";
import { connectBroker, PublishFailed, TransactionFailed } from "../../../../workers/_runtime/broker.ts";
import { eventsOf, out, texts, topicOf, unique, until } from "../../../_support/kafka.ts";

t.setTimeout(900_000);
const stack = await startStack({ services: ["kafka"] }, new AbortController().signal);
t.teardown(() => stack.stop());

function connect(t: Test) {
  const broker = connectBroker(
    { brokers: [stack.kafka.url], tls: undefined, sasl: undefined },
    { clientId: "test", log: pino({ level: process.env.LOG_LEVEL ?? "silent" }) },
  );
  t.teardown(() => broker.close());
  return broker;
}

type Outage = readonly [name: string, begin: () => Promise<void> | void, end: () => Promise<void> | void];

const outages: readonly Outage[] = [
  ["doesn't answer for longer than the session", () => stack.kafka.freeze(), () => stack.kafka.thaw()],
  ["is killed and started again", () => stack.kafka.kill(), () => stack.kafka.start()],
];

for (const [name, begin, end] of outages) {
  t.test(`a member reads on after the broker ${name}, and does not crash`, async (t) => {
    const broker = connect(t);
    const topic = await topicOf(broker);
    const values: (string | undefined)[] = [];
    const crashes: Error[] = [];
    const joins: boolean[] = [];
    const expelled: boolean[] = [];
    let position = 0;
    const member = broker.member(
      {
        groupId: unique("group"),
        families: async () => [[topic]],
        owned: () => [],
        rebalanceTimeoutMs: 20_000,
      },
      eventsOf({
        drain: async (signal) => void expelled.push(signal.aborted),
        assigned({ sameMember }) {
          joins.push(sameMember);
          member.seek(topic, 0, position);
          member.resume(topic, 0);
        },
        batch(_, __, records, nextOffset) {
          values.push(...texts(records));
          position = nextOffset;
          return true;
        },
        crashed: (error) => void crashes.push(error),
      }),
    );
    t.teardown(() => member.stop(3_000));
    await member.start();
    await broker.producer().send([out(topic, "before", { partition: 0 })]);
    await until(
      () => values.length,
      (length) => length === 1,
    );
    await begin();
    await sleep(8_000);
    await end();
    await broker.producer().send([out(topic, "after", { partition: 0 })], { timeoutMs: 180_000 });
    await until(
      () => values,
      (seen) => seen.includes("after"),
      180_000,
    );
    t.same(values, ["before", "after"]);
    t.same(crashes, []);
    // Whoever comes back as another member is told that what it held may have had another owner.
    for (const [index, same] of joins.entries())
      t.ok(index === 0 || same || expelled[index], `join ${index}`);
  });

  t.test(
    `producers, admin and readAt() go on after the broker ${name}; nothing is written twice`,
    async (t) => {
      const broker = connect(t);
      const topic = await topicOf(broker);
      const id = unique("tx");
      const producer = broker.transactional(id);
      await producer.fence();
      await producer.commit("unused", [out(topic, "committed", { partition: 0 })], []);
      await broker.producer().send([out(topic, "sent", { partition: 0 })]);
      await broker.readAt(topic, 0, 0, 1e6);
      await begin();
      const committing = producer.commit("unused", [out(topic, "in doubt", { partition: 0 })], []).then(
        () => "committed",
        (error: unknown) => (error instanceof TransactionFailed ? error.kind : String(error)),
      );
      const impatient = broker
        .producer()
        .send([out(topic, "impatient", { partition: 0 })], { timeoutMs: 1_000 })
        .then(
          () => "sent",
          (error: unknown) => (error instanceof PublishFailed ? `certain: ${error.certain}` : String(error)),
        );
      const patient = broker
        .producer()
        .send([out(topic, "patient", { partition: 0 })], { timeoutMs: 180_000 });
      t.match(await impatient, /^certain: /);
      await sleep(4_000);
      await end();
      await patient;
      const outcome = await committing;
      t.ok(["committed", "unknown", "fenced"].includes(outcome), outcome);
      const next = broker.transactional(id);
      await next.fence();
      await next.commit("unused", [out(topic, "last", { partition: 0 })], []);
      const seen = await until(
        async () => texts(await broker.readAt(topic, 0, 0, 1e6)),
        (values) => values.includes("last"),
      );
      t.equal(new Set(seen).size, seen.length, "nothing twice");
      for (const value of ["committed", "sent", "patient", "last"]) t.ok(seen.includes(value), value);
      if (outcome === "committed") t.ok(seen.includes("in doubt"));
      if ((await impatient) === "certain: true") t.notOk(seen.includes("impatient"));
    },
  );
}
