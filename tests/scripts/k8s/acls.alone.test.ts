import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Kafka } from "kafkajs";
import pino from "pino";
import t from "tap";
import { readConcertFile } from "../../../scripts/concerts/concert-file.ts";
import { runOnSale } from "../../../scripts/start/on-sale.ts";
import { reportOf } from "../../../scripts/start/report.ts";
import { runCommand } from "../../../scripts/start/self.ts";
import { type Broker, connectBroker } from "../../../workers/_runtime/broker.ts";
import { kafkaConfigOf } from "../../_support/kafka-users.ts";
import { CONCERT, securedFleet } from "../../_support/secured-fleet.ts";

/** The generated users on a real broker with an authorizer: enough for everything, and nothing more. */

type Forbidden = readonly [
  who: string,
  operation: string,
  type: "Topic" | "Group" | "TransactionalId",
  name: string,
  task: () => Promise<unknown>,
];

const REQUESTS = 400;
/** Of what is forbidden: each has a connection of its own to a broker that is busy with many. */
const AT_ONCE = 8;
const MOST_TRIES = 5;
const DLQ = "reservations.payment.dlq";
const REPLAY = "reservations.payment.replay";
const RETRY = "reservations.payment.retry.1s";
const SETTLEMENT_DLQ = "payments.settlement.dlq";
const root = resolve(import.meta.dirname, "../../..");
const silent = { say() {}, show() {}, end() {} };

t.setTimeout(900_000);
const signal = AbortSignal.timeout(890_000);
const [concert] = readConcertFile(join(root, CONCERT));
if (concert === undefined) throw new Error("no concert");
const { kafka, passwords, envOf, fleet } = await securedFleet(t, concert.concertId, signal);

t.test(
  "each worker with its own user: the on-sale passes, every invariant held, nobody is refused",
  async (t) => {
    const steps = (await readFile(join(root, "tests/fixtures/on-sale.ndjson"), "utf8")).split("\n");
    const requestsFile = join(fleet.folder, "requests.ndjson");
    await writeFile(requestsFile, `${steps.slice(0, REQUESTS).join("\n")}\n`);
    const options = { requestsFile, concertId: concert.concertId, run: "secured", settleMs: 400_000 };
    const report = reportOf(await runOnSale(fleet, options, silent, signal), {});
    t.equal(report.held, true, JSON.stringify(report));
    t.ok(report.figures.confirmed > 100, JSON.stringify(report.figures));
    t.ok(Object.keys(report.figures.letters).length > 0, "broken records became dead letters");
    for (const { name, process } of fleet.workers) {
      t.equal(process.uncleanEnds, 0, name);
    }
    // Not one call that a process of ours makes lacks a permission.
    const denied = (await readFile(kafka.logFile, "utf8"))
      .split("\n")
      .filter((line) => line.includes(" is Denied "));
    t.same(denied.filter(unexpected), []);
  },
);

t.test(
  "the operator's user: letters are listed, planned, replayed by the replayer, and audited",
  async (t) => {
    const operator = (...args: string[]) => runCommand(args, envOf("boxoffice-operator"), signal);
    const groups: unknown = JSON.parse(await operator("dlq", "groups", "--json"));
    t.ok(groups);
    const why = ["--reason", "proof"];
    const plan: { plan: string; letters: number } = JSON.parse(
      await operator("dlq", "plan", "--error", "Unframed", "--limit", "2", ...why, "--json"),
    );
    t.equal(plan.letters, 2);
    // Bytes stay as broken as before: dead again, which is an outcome, told by the worker's transaction and exit code 1.
    await t.rejects(operator("dlq", "replay", "--plan", plan.plan, ...why, "--yes", "--json"), {
      message: /"deadAgain": 2/,
    });
    t.match(await operator("dlq", "audit", "--json"), plan.plan);
    t.match(await operator("rebuild", "seats", "--help"), "seats");
  },
);

t.test("what a user isn't for is refused by the broker", async (t) => {
  const log = pino({ level: "silent" });
  const configOf = (name: string) => kafkaConfigOf(kafka, passwords, `boxoffice-${name}`);
  const brokers: Broker[] = [];
  t.teardown(() => Promise.all(brokers.map((broker) => broker.close())));
  // A connection each: what one may not know of must not fail another's metadata.
  const as = (name: string): Broker => {
    const broker = connectBroker(configOf(name), { clientId: "proof", log });
    brokers.push(broker);
    return broker;
  };
  const read = (name: string, topic: string) => as(name).readAt(topic, 0, 0, 1_000);
  const record = (topic: string) => ({
    topic,
    partition: 0,
    key: Buffer.from("k"),
    value: Buffer.from("v"),
    headers: [],
  });
  const write = (name: string, topic: string) =>
    as(name)
      .producer()
      .send([record(topic)], { timeoutMs: 60_000 });
  const fence = (name: string, id: string) => as(name).transactional(id).fence();
  const alter = async (name: string, topic: string) => {
    const {
      brokers: [at = ""],
      tls,
      sasl,
    } = configOf(name);
    if (sasl === undefined || sasl.mechanism === "oauthbearer") throw new Error("no password");
    const { username, password } = sasl;
    const login = { mechanism: "scram-sha-512", username, password } as const;
    const admin = new Kafka({ brokers: [at], ssl: { ...tls }, sasl: login, logLevel: 0 }).admin();
    await admin.connect();
    try {
      const entries = [{ name: "retention.ms", value: "1000" }];
      await admin.alterConfigs({
        validateOnly: false,
        resources: [{ type: 2, name: topic, configEntries: entries }],
      });
    } finally {
      await admin.disconnect();
    }
  };
  const create = (name: string, topic: string) =>
    as(name).admin.createTopics([{ name: topic, partitions: 1, config: {} }]);
  const commitForNotification = async () => {
    const producer = as("payment").transactional("payment-reservations-proof");
    await producer.fence();
    await producer.commit(
      "notification",
      [],
      [{ topic: "reservations", partition: 0, offset: 1, metadata: "" }],
    );
  };

  const allowed: readonly (readonly [what: string, task: () => Promise<unknown>])[] = [
    ["payment reads its source", () => read("payment", "reservations")],
    ["payment asks for its own group", () => as("payment").admin.committed("payment", ["reservations"])],
    ["keda asks for a group's offsets", () => as("keda").admin.committed("payment", ["reservations"])],
    [
      "expiry counts payments' partitions to fence all of settlement",
      async () => {
        const counts = await as("expiry").admin.partitionCounts(["payments", "concerts", "reservations"]);
        if (counts.size !== 3) throw new Error(`only ${[...counts.keys()].join()}`);
      },
    ],
    ["deploy plans the topics", () => runCommand(["topics", "plan"], envOf("boxoffice-deploy"), signal)],
  ];
  for (const [what, task] of allowed) await t.resolves(task(), what);

  const forbidden: readonly Forbidden[] = [
    ["payment", "READ", "Topic", "payments", () => read("payment", "payments")],
    ["notification", "DESCRIBE", "Topic", "concerts", () => read("notification", "concerts")],
    ["intake", "READ", "Topic", "reservations", () => read("intake", "reservations")],
    ["payment", "DESCRIBE", "Topic", SETTLEMENT_DLQ, () => read("payment", SETTLEMENT_DLQ)],
    ["replayer", "READ", "Topic", "reservations", () => read("replayer", "reservations")],
    ["keda", "READ", "Topic", "reservations", () => read("keda", "reservations")],
    ["payment", "WRITE", "Topic", "reservations", () => write("payment", "reservations")],
    ["notification", "WRITE", "Topic", "payments", () => write("notification", "payments")],
    ["intake", "DESCRIBE", "Topic", REPLAY, () => write("intake", REPLAY)],
    ["expiry", "DESCRIBE", "Topic", DLQ, () => write("expiry", DLQ)],
    ["settlement", "DESCRIBE", "Topic", "fleet.audit", () => write("settlement", "fleet.audit")],
    ["console", "WRITE", "Topic", REPLAY, () => write("console", REPLAY)],
    [
      "deploy",
      "DESCRIBE",
      "TransactionalId",
      "payment-reservations-0",
      () => fence("deploy", "payment-reservations-0"),
    ],
    [
      "payment",
      "DESCRIBE",
      "Group",
      "expiry",
      () => as("payment").admin.committed("expiry", ["reservations"]),
    ],
    ["payment", "DESCRIBE", "Group", "settlement", () => as("payment").admin.members("settlement")],
    ["payment", "READ", "Group", "notification", commitForNotification],
    [
      "payment",
      "DESCRIBE",
      "TransactionalId",
      "settlement-payments-0",
      () => fence("payment", "settlement-payments-0"),
    ],
    [
      "notification",
      "DESCRIBE",
      "TransactionalId",
      `letters-${DLQ}-0`,
      () => fence("notification", `letters-${DLQ}-0`),
    ],
    [
      "payment",
      "CREATE",
      "Topic",
      "reservations.payment.retry.9s",
      () => create("payment", "reservations.payment.retry.9s"),
    ],
    ["operator", "CREATE", "Topic", "fleet.other", () => create("operator", "fleet.other")],
    ["deploy", "CREATE", "Topic", "elsewhere", () => create("deploy", "elsewhere")],
    [
      "payment",
      "DELETE",
      "Topic",
      "reservations",
      () => as("payment").admin.deleteRecords("reservations", 0, 1),
    ],
    ["settlement", "DESCRIBE", "Topic", RETRY, () => as("settlement").admin.deleteRecords(RETRY, 0, 0)],
    ["payment", "DELETE", "Topic", DLQ, () => as("payment").admin.deleteRecords(DLQ, 0, 0)],
    ["operator", "DELETE", "Topic", DLQ, () => as("operator").admin.deleteTopics([DLQ])],
    ["payment", "ALTER", "Topic", "reservations", () => as("payment").admin.addPartitions("reservations", 9)],
    [
      "payment",
      "DESCRIBE_CONFIGS",
      "Topic",
      "reservations",
      () => as("payment").admin.topicConfigs(["reservations"], []),
    ],
    ["operator", "ALTER_CONFIGS", "Topic", "reservations", () => alter("operator", "reservations")],
    ["deploy", "ALTER_CONFIGS", "Topic", "reservations", () => alter("deploy", "reservations")],
  ];
  const before = (await readFile(kafka.logFile, "utf8")).length;
  // The client's words for a refusal are many, or none; the authorizer's own log tells what was refused, and why.
  const denied = async () => (await readFile(kafka.logFile, "utf8")).slice(before);
  const tried = async ([who, operation, type, name, task]: Forbidden) => {
    const what = `${who} ${operation} ${type} ${name}`;
    const line = `Principal = User:boxoffice-${who} is Denied operation = ${operation} from host = 127.0.0.1 on resource = ${type}:LITERAL:${name} `;
    // What fails for a connection that a busy broker was late with was refused by nobody: it is tried again.
    let tries = 0;
    do {
      const end = task().then(
        () => "was allowed",
        (error: Error) => `failed: ${error.message}`,
      );
      t.match(await end, /^failed: /, what);
    } while (++tries < MOST_TRIES && !(await denied()).includes(line));
    t.match(await denied(), line, what);
  };
  for (let from = 0; from < forbidden.length; from += AT_ONCE)
    await Promise.all(forbidden.slice(from, from + AT_ONCE).map(tried));
});

/** Lists of all topics and groups are asked for by everybody, and hold what one may know of. */
function unexpected(line: string): boolean {
  return !/for request = (Metadata|ListGroups) /.test(line);
}
