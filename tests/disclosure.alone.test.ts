import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pino } from "pino";
import t from "tap";
import { readConcertFile } from "../scripts/concerts/concert-file.ts";
import { runOnSale } from "../scripts/start/on-sale.ts";
import { reportOf } from "../scripts/start/report.ts";
import { connectBroker } from "../workers/_runtime/broker.ts";
import { settingNames, settings } from "../workers/_runtime/config-settings.ts";
import { workerNames } from "../workers/all.ts";
import { disclosed, spellings } from "./_support/disclosed.ts";
import { until } from "./_support/fleet.ts";
import { type SecretSettings, secretSettings } from "./_support/secret-settings.ts";
import { CONCERT, securedFleet } from "./_support/secured-fleet.ts";
import { boxoffice } from "./scripts/boxoffice.ts";

/**
 * A whole on-sale with faults, every secret setting a value of its own that is asked for, everything logged and
 * traced: then nothing of a secret or of a person stands where it doesn't belong.
 */

const REQUESTS = 250;
const root = resolve(import.meta.dirname, "..");
const mark = randomBytes(6).toString("hex");
/** Part of every customer's id, and of every address. */
const RUN = `ada-${mark}`;
const CARD = `pan${mark}`;
const NUMBER = "4000 0566 5566 5556";
const signal = AbortSignal.timeout(3_500_000);
t.setTimeout(3_600_000);

t.test("disclosed() finds a value in every spelling, and nothing else", async (t) => {
  const value = "päss/w@rd?>~";
  const held = new Map([["it", value]]);
  const encoded = ["", "x", "xy"].flatMap((before) => [
    Buffer.from(`${before}${value} and more`).toString("base64"),
    Buffer.from(`${before}${value}`).toString("base64url"),
  ]);
  const plain = [`a ${value}!`, `http://u:${encodeURIComponent(value)}@h`, JSON.stringify({ value })];
  for (const text of [...encoded, ...plain, Buffer.from(value).toString("hex")])
    t.match(disclosed(text, held), [/^it: /], text);
  t.same(disclosed(`p/w@rd ${Buffer.from("something else entirely").toString("base64")}`, held), []);
  t.ok(
    spellings("0123456789").every((each) => each.length > 8),
    "no spelling is short enough to be met by chance",
  );
});

const [concert] = readConcertFile(join(root, CONCERT));
if (concert === undefined) throw new Error("no concert");
let own: SecretSettings | undefined;
let gatewayUrl = "";
const { kafka, passwords, envOf, fleet } = await securedFleet(t, concert.concertId, signal, {
  prepare: async (ground) => {
    own = await secretSettings(
      t,
      ground,
      () => gatewayUrl,
      (address) => address.includes("nobody"),
    );
    return own.settings;
  },
});
if (own === undefined) throw new Error("no settings");
const { registry, gateway, relay, collector, redis, consoleUrl } = own;
gatewayUrl = fleet.gateway.url;

const WRONG = `wrong-${mark}-kafka`;
const secrets = new Map([
  ...own.secrets,
  ...[...passwords].map(([user, password]) => [`KAFKA_SASL_PASSWORD of ${user}`, password] as const),
  ["KAFKA_SASL_PASSWORD that is wrong", WRONG],
]);
const personal = new Map([
  ["a customer's id or address", RUN],
  ["a card's token", CARD],
  ["a card's number", NUMBER],
]);
const everything = new Map([...secrets, ...personal]);
/** What commands printed. */
const printed: string[] = [];

async function command(args: readonly string[], user = "operator") {
  const ended = await boxoffice(args, { ...envOf(`boxoffice-${user}`), BOXOFFICE_OPERATOR: "ann" });
  printed.push(`$ boxoffice ${args.join(" ")}\n${ended.stdout}${ended.stderr}`);
  return ended;
}

async function reserve(name: string, seats: readonly string[], more: object = {}): Promise<Response> {
  const client = `${RUN}-${name}`;
  return await fetch(`${fleet.intakeUrl}/reservations`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "idempotency-key": `${client}-1`,
      "x-client-id": client,
    },
    body: JSON.stringify({
      ...{ concertId: concert?.concertId, seats, card: `tok_good_${CARD}`, email: `${client}@fans.example` },
      ...more,
    }),
  });
}

async function mailFor(name: string): Promise<boolean> {
  const answer = await fetch(`${fleet.catcherUrl}/messages?to=${RUN}-${name}@fans.example`);
  return (await answer.text()).includes(`${RUN}-${name}`);
}

t.test("every secret setting has a value of its own", async (t) => {
  // What anybody may see, though it comes by the same road as keys.
  const PUBLIC = ["KAFKA_TLS_CA", "KAFKA_TLS_CERT"];
  const held = [...secrets.keys()].map((name) => name.split(" ")[0]);
  const missing = settingNames.filter((name) => "secret" in settings[name] && !held.includes(name));
  t.same(missing, PUBLIC, "add it to tests/_support/secret-settings.ts");
  for (const [name, secret] of secrets) t.ok(secret.length >= 16, name);
});

t.test("the on-sale comes to its end, with a login at every door", async (t) => {
  const steps = (await readFile(join(root, "tests/fixtures/on-sale.ndjson"), "utf8")).split("\n");
  const marked = steps
    .slice(0, REQUESTS)
    .map((line) => line.replace(/"card":"([a-z_]+)"/, `"card":"$1_${CARD}"`));
  const requestsFile = join(fleet.folder, "requests.ndjson");
  await writeFile(requestsFile, `${marked.join("\n")}\n`);
  const silent = { say() {}, show() {}, end() {} };
  const options = { requestsFile, concertId: concert.concertId, run: RUN, settleMs: 1_200_000 };
  const report = reportOf(await runOnSale(fleet, options, silent, signal), {});
  // Whether every invariant held is others' to prove, at a pace that much logging doesn't allow.
  t.equal(report.gaveUp, undefined, JSON.stringify(report));
  t.ok(report.figures.confirmed > 20, JSON.stringify(report.figures));
  for (const proxy of [registry, gateway])
    for (const [authorization, count] of proxy.accepted)
      if (!authorization.startsWith("Bearer")) t.ok(count > 0, authorization.slice(0, 6));
  t.ok(relay.logins() > 0, "mail went by the login");
});

t.test("what is refused: requests, recipients, logins", async (t) => {
  const bad = [
    await reserve("typo", ["A-1"], { card: NUMBER }),
    await reserve("typo", ["A-1"], { email: `${RUN}-typo at fans.example` }),
    await reserve("typo", [`${RUN}-seat`.slice(0, 24)]),
    await fetch(`${fleet.intakeUrl}/reservations?card=${CARD}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-client-id": RUN, "idempotency-key": RUN },
      body: `{"card":"${CARD}",`,
    }),
  ];
  t.same(
    bad.map(({ status }) => status),
    [400, 400, 404, 400],
  );

  t.equal((await reserve("poison", ["AZ-6"], { card: `tok_poison_${CARD}` })).status, 202);
  relay.refuse(true);
  t.equal((await reserve("nobody", ["AZ-1"])).status, 202);
  t.equal((await reserve("patient", ["AZ-2"])).status, 202);
  await until(t, "the mail server refuses the login", () => relay.refusals() > 0, 300);
  relay.refuse(false);
  gateway.refuses = true;
  t.equal((await reserve("later", ["AZ-3"])).status, 202);
  const refused = gateway.refused();
  await until(t, "the gateway refuses the login", () => gateway.refused() > refused, 300);
  gateway.refuses = false;
  for (const name of ["patient", "later"])
    await until(t, `${name} has mail`, async () => await mailFor(name), 600);

  await redis.call("ACL", "SETUSER", "boxoffice", "off");
  await redis.call("CLIENT", "KILL", "USER", "boxoffice", "SKIPME", "yes");
  const away = async () => (await reserve("away", ["AZ-4"])).status === 503;
  await until(t, "Redis refuses the login", away, 300);
  const asked = await command(["customers", "erase", `c-${mark}`]);
  t.equal(asked.code, 3, asked.stderr);
  await redis.call("ACL", "SETUSER", "boxoffice", "on");
  const back = async () => (await reserve("back", ["AZ-5"])).status === 202;
  await until(t, "Redis lets them in again", back, 300);

  registry.refuses = true;
  for (const user of ["deploy", "payment"]) {
    const drift = await command(["schemas", "drift"], user);
    t.equal(drift.code, 3, drift.stderr);
    t.match(drift.stderr, "check the registry's credentials");
  }
  registry.refuses = false;
  const { KAFKA_SASL_PASSWORD_FILE: _, ...env } = envOf("boxoffice-operator");
  const wrong = await boxoffice(["topics", "plan"], { ...env, KAFKA_SASL_PASSWORD: WRONG });
  printed.push(wrong.stdout + wrong.stderr);
  t.not(wrong.code, 0);
  for (const worker of fleet.workers) {
    const answer = await fetch(`${worker.healthUrl}/partitions`, {
      headers: { authorization: `Bearer ${WRONG}` },
    });
    t.equal(answer.status, 401, worker.name);
    t.equal(disclosed(await answer.text(), everything).length, 0);
  }
});

t.test("operators and dashboards are shown nobody's data", async (t) => {
  let [ofPayment, ofNotification] = ["", ""];
  const bothDied = async () => {
    const list = await command(["dlq", "list", "--json", "--limit", "500"]);
    const letters: { letter: string; worker: string; stage: string }[] = JSON.parse(list.stdout).letters;
    [ofPayment = "", ofNotification = ""] = ["payment", "notification"].map(
      (name) => letters.find((each) => each.worker === name && each.stage === "handle")?.letter ?? "",
    );
    return ofPayment !== "" && ofNotification !== "";
  };
  await until(t, "a charge and a mail are dead letters", bothDied, 300);
  const shown = [ofPayment, ofNotification].map((letter) => ["dlq", "show", letter, "--no-newer"]);
  const settlement = fleet.workers.find(({ name }) => name === "settlement")?.healthUrl ?? "";
  const others = [["dlq", "groups"], ["partitions", "list", "--url", settlement], ["config"]];
  for (const args of [...shown, ...others]) t.equal((await command(args)).code, 0, args.join(" "));
  t.equal((await command(["topics", "plan"], "deploy")).code, 0);
  for (const user of ["payment", "deploy"])
    t.equal((await command(["config", "--json"], user)).code, 0, user);
  const texts = printed.join("\n");
  t.ok(texts.includes("********"), "secrets are masked");
  t.same(disclosed(texts, everything), []);

  const token = secrets.get("CONSOLE_TOKENS of a viewer") ?? "";
  const pages: string[] = [];
  const look = async (path: string, init: RequestInit = {}, as = token) => {
    const answer = await fetch(`${consoleUrl}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${as}`, "content-type": "application/json" },
    });
    pages.push(await answer.text());
    return answer.status;
  };
  const body = JSON.stringify({ filter: {}, page: { limit: 500 } });
  t.equal(await look("/api/v1/letters/list", { method: "POST", body }), 200);
  for (const path of [
    `/api/v1/letters/${ofPayment}`,
    "/",
    "/letters",
    `/letters/${ofPayment}`,
    "/audit",
    "/queues",
  ])
    t.ok((await look(path)) < 400, path);
  t.equal(await look("/letters", {}, WRONG), 401);
  t.equal(await look(`/api/v1/letters/${ofPayment}?personal=true`), 403);
  t.same(disclosed(pages.join("\n"), everything), []);
});

t.test("metrics, traces and logs hold no secret and nobody's data", async (t) => {
  const answers = await Promise.all(
    fleet.workers.flatMap(({ healthUrl }) =>
      ["/metrics", "/livez", "/readyz"].map(
        async (path) => await (await fetch(`${healthUrl}${path}`)).text(),
      ),
    ),
  );
  t.match(answers.join("\n"), /_records_total\{/);
  t.same(disclosed(answers.join("\n"), everything), []);

  await Promise.all(fleet.workers.map(({ process }) => process.stop()));
  t.ok(collector.spans.length > 1000, `${collector.spans.length} spans`);
  t.same(disclosed(collector.raw(), everything), []);

  const files = (await readdir(fleet.folder)).filter((name) => name.endsWith(".log"));
  t.ok(workerNames().every((name) => files.includes(`${name}.log`)));
  for (const file of files) {
    const log = await readFile(join(fleet.folder, file), "utf8");
    t.same(disclosed(log, everything), [], file);
    if (["notification.log", "console.log"].includes(file)) t.match(log, /"level":"trace"/, file);
  }
});

t.test("Kafka: no secret, no address; customers and cards in values alone", async (t) => {
  const config = { brokers: [kafka.plain], tls: undefined, sasl: undefined };
  const broker = connectBroker(config, { clientId: "disclosure", log: pino({ level: "silent" }) });
  t.teardown(() => broker.close());
  const topics = await broker.admin.listTopics();
  t.ok(topics.length > 20, topics.join());
  const addresses = new Map([...secrets, ["an address", "@fans.example"], ["a card's number", NUMBER]]);
  let [values, letters] = ["", 0];
  for (const topic of topics.filter((name) => !name.startsWith("__"))) {
    const records = await kafka.java.consume(topic, { isolation: "read_uncommitted" });
    const around = records.map(({ key, headers }) =>
      [key ?? "", ...headers.flatMap(([name, value]) => [name, value ?? ""])].join(" "),
    );
    const inside = records.map(({ value }) => value?.toString("latin1") ?? "").join("\n");
    if (topic.endsWith(".dlq")) letters += records.length;
    t.same(disclosed(around.join("\n"), everything), [], `${topic}: keys and headers`);
    t.same(disclosed(inside, addresses), [], `${topic}: values`);
    values += inside;
  }
  t.ok(letters > 0);
  t.ok(values.includes(RUN) && values.includes(CARD), "the marks are in use");
});

t.test("Redis: no secret, no card; addresses in the erasable store alone", async (t) => {
  const keys = await redis.keys("*");
  const dumped = await Promise.all(keys.map(async (key) => `${key} ${await contents(key)}`));
  const stored = dumped.filter((line) => line.includes("@fans.example"));
  t.ok(stored.length > 100);
  t.same(
    stored.filter((line) => !line.startsWith("boxoffice:address:")),
    [],
  );
  t.same(disclosed(dumped.join("\n"), new Map([...secrets, ["a card's token", CARD]])), []);
});

/** Of any type that is in use. */
async function contents(key: string): Promise<string> {
  const type = await redis.type(key);
  if (type === "string") return (await redis.get(key)) ?? "";
  if (type === "hash") return JSON.stringify(await redis.hgetall(key));
  if (type === "list") return JSON.stringify(await redis.lrange(key, 0, -1));
  if (type === "set") return JSON.stringify(await redis.smembers(key));
  if (type === "zset") return JSON.stringify(await redis.zrange(key, "0", "-1"));
  if (type === "stream") return JSON.stringify(await redis.xrange(key, "-", "+"));
  throw new Error(`what is a ${type}?`);
}
