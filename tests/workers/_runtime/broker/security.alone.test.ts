import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import t, { type Test } from "tap";
import { type Broker, connectBroker } from "../../../../workers/_runtime/broker.ts";
import type { KafkaConfig, SaslConfig } from "../../../../workers/_runtime/config.ts";
import { eventsOf, out, texts, topicOf, unique, until, valuesOf } from "../../../_support/kafka.ts";
import { PASSWORD, startSecureKafka, USER } from "../../../_support/secure-kafka.ts";

t.setTimeout(900_000);
const kafka = await startSecureKafka(t);

function connect(t: Test, config: KafkaConfig): Broker {
  const log = pino({ level: process.env.LOG_LEVEL ?? "silent" });
  const broker = connectBroker(config, { clientId: "test", log });
  t.teardown(() => broker.close());
  return broker;
}

const failure = (work: Promise<unknown>) => work.catch((error: unknown) => error);

/** Everything that connects: admin, both producers, a member and reading at an offset. */
async function useAll(t: Test, broker: Broker, pauseMs = 0): Promise<void> {
  const topic = await topicOf(broker);
  await broker.producer().send([out(topic, "plain", { partition: 0 })]);
  const producer = broker.transactional(unique("tx"));
  await producer.fence();
  await sleep(pauseMs);
  await producer.commit("unused", [out(topic, "transactional", { partition: 0 })], []);
  const got: (string | undefined)[] = [];
  let position = 0;
  const member = broker.member(
    {
      groupId: unique("group"),
      families: async () => [[topic]],
      owned: () => [],
      rebalanceTimeoutMs: 10_000,
    },
    eventsOf({
      assigned() {
        member.seek(topic, 0, position);
        member.resume(topic, 0);
      },
      batch(_, __, records, nextOffset) {
        got.push(...texts(records));
        position = nextOffset;
        return true;
      },
    }),
  );
  await member.start();
  await until(
    () => got.length,
    (length) => length === 2,
  );
  if (pauseMs > 0) {
    await sleep(pauseMs);
    await broker.producer().send([out(topic, "later", { partition: 0 })]);
    await until(
      () => got.length,
      (length) => length === 3,
    );
  }
  await member.stop(2_000);
  t.same((await valuesOf(broker, topic, 0, 2)).slice(0, 2), ["plain", "transactional"]);
}

const passwords = (["plain", "scram-sha-256", "scram-sha-512"] as const).map(
  (mechanism): SaslConfig => ({ mechanism, username: USER, password: PASSWORD }),
);
const bearer: SaslConfig = {
  mechanism: "oauthbearer",
  tokenUrl: kafka.tokenUrl,
  clientId: "id",
  clientSecret: "secret",
};

for (const sasl of [...passwords, bearer])
  t.test(
    `connectBroker() with TLS and SASL ${sasl.mechanism} works with every part, and when sessions end`,
    async (t) => {
      const broker = connect(t, { brokers: [kafka.sasl], tls: { ca: kafka.ca }, sasl });
      // Sessions end after a second: the last mechanism shows that the others' way of renewing works, too.
      await useAll(t, broker, sasl === bearer ? 1_200 : 0);
    },
  );

t.test("tokens are kept: all connections share one", async (t) => {
  t.equal(kafka.tokens(), 1);
});

t.test("connectBroker() with the client's certificate works", async (t) => {
  const { ca, cert, key } = kafka;
  await useAll(t, connect(t, { brokers: [kafka.mutual], tls: { ca, cert, key }, sasl: undefined }));
});

t.test("connectBroker() without what the broker wants fails, naming the cause", async (t) => {
  const [plain] = passwords;
  if (plain?.mechanism === "oauthbearer" || !plain) throw new Error("no password mechanism");
  const wrong = connect(t, {
    brokers: [kafka.sasl],
    tls: { ca: kafka.ca },
    sasl: { ...plain, password: "wrong" },
  });
  await t.rejects(wrong.admin.listTopics(), { message: /authentication failed/ });
  const untrusting = connect(t, { brokers: [kafka.sasl], tls: {}, sasl: plain });
  await t.rejects(untrusting.admin.listTopics(), { message: /certificate/ });
  t.match(await failure(untrusting.producer().send([out("t", "x")], { timeoutMs: 1_000 })), {
    certain: true,
  });
  const anonymous = connect(t, { brokers: [kafka.mutual], tls: { ca: kafka.ca }, sasl: undefined });
  await t.rejects(anonymous.admin.listTopics());
});
