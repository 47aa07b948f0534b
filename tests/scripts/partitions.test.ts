import { pino } from "pino";
import t from "tap";
import { createChecks } from "../../workers/_runtime/checks.ts";
import { startHealth } from "../../workers/_runtime/health.ts";
import { createMetrics } from "../../workers/_runtime/metrics.ts";
import type { PartitionStatus } from "../../workers/_runtime/partition-status.ts";
import { boxoffice } from "./boxoffice.ts";

const TOKEN = "0123456789abcdef";
const env = { ADMIN_TOKEN: TOKEN };
const running: PartitionStatus = {
  topic: "reservations",
  partition: 0,
  state: "running",
  committedOffset: 12,
  lag: 3,
  parkedKeys: 0,
  outstanding: 0,
};
const halted: PartitionStatus = {
  ...running,
  partition: 1,
  state: "halted",
  halted: { reason: "no schema 7", schemaId: 7, record: "reservations-1-41", since: 0 },
};

/** A worker's health port with one running and one halted partition. */
async function worker(t: { teardown(stop: () => Promise<void>): void }, name: string) {
  const released: unknown[] = [];
  const health = await startHealth({
    host: "127.0.0.1",
    port: 0,
    worker: name,
    checks: createChecks(),
    registry: createMetrics({ worker: name }).registry,
    adminToken: TOKEN,
    log: pino({ level: "silent" }),
    partitions: {
      listPartitions: () => [running, halted],
      async release(topic, partition, schemaId) {
        released.push([topic, partition, schemaId]);
        return { released: 5 };
      },
    },
  });
  t.teardown(() => health.close());
  return { url: health.url, port: String(health.port), released };
}

t.test("boxoffice partitions list asks every process named", async (t) => {
  const [one, two] = await Promise.all([worker(t, "payment"), worker(t, "expiry")]);
  const listed = await boxoffice(["partitions", "list", "--json", "--url", one.url, `${two.url}/`], env);
  t.equal(listed.code, 0);
  const owned: readonly { worker: string; url: string }[] = JSON.parse(listed.stdout);
  t.same(
    owned.map((each) => each.worker),
    ["payment", "payment", "expiry", "expiry"],
  );
  t.match(owned[1], { ...halted, url: one.url });
  const derived = await boxoffice(["partitions", "list"], { ...env, HEALTH_PORT: one.port });
  t.match(derived.stdout, /payment +│ reservations-1 +│ halted +│ 12 +│ 3 .*reservations-1-41: no schema 7/);
});

t.test(
  "boxoffice partitions list exits 3 when a process can't be reached, and shows the others",
  async (t) => {
    const one = await worker(t, "payment");
    const none = "http://127.0.0.1:1";
    const some = await boxoffice(["partitions", "list", "--url", one.url, none], env);
    t.match(some, { code: 3, stdout: /reservations-1/, stderr: /Cannot reach 'http:\/\/127.0.0.1:1'/ });
    t.match(await boxoffice(["partitions", "list", "--url", none], env), { code: 3, stdout: "" });
  },
);

t.test("boxoffice partitions refuses without token, port or a right answer", async (t) => {
  const one = await worker(t, "payment");
  t.match(await boxoffice(["partitions", "list", "--url", one.url]), { code: 2, stderr: /ADMIN_TOKEN/ });
  const wrong = await boxoffice(["partitions", "list", "--url", one.url], {
    ADMIN_TOKEN: "fedcba9876543210",
  });
  t.match(wrong, { code: 2, stderr: /refused: Cannot take the call/ });
  const unknown = await boxoffice(["partitions", "list"], { ...env, BOXOFFICE_PROFILE: "local" });
  t.match(unknown, { code: 2, stderr: /name it with --url/ });
});

t.test("boxoffice partitions release asks the owner, once it is sure", async (t) => {
  const one = await worker(t, "payment");
  const release = (...args: string[]) =>
    boxoffice(["partitions", "release", "reservations", ...args, "--url", one.url], env);
  t.match(await release("1"), { code: 2, stderr: /there is no terminal: say --yes/ });
  t.match(await release("0", "--yes"), { code: 2, stderr: /not halted: its state is 'running'/ });
  t.match(await release("7", "--yes"), { code: 2, stderr: /none of the processes asked owns it/ });
  t.match(await release("x", "--yes"), { code: 2 });
  t.same(one.released, []);
  t.match(await release("1", "--yes"), { code: 0, stdout: "Released 5 records.\n", stderr: /no schema 7/ });
  const one7 = await release("1", "--schema-id", "7", "--yes", "--json");
  t.same(JSON.parse(one7.stdout), { topic: "reservations", partition: 1, released: 5 });
  t.same(one.released, [
    ["reservations", 1, undefined],
    ["reservations", 1, 7],
  ]);
});

t.test("boxoffice partitions release wants --worker when several have it halted", async (t) => {
  const [one, two] = await Promise.all([worker(t, "payment"), worker(t, "expiry")]);
  const args = ["partitions", "release", "reservations", "1", "--yes", "--url", one.url, two.url];
  t.match(await boxoffice(args, env), { code: 2, stderr: /name one of payment, expiry with --worker/ });
  t.equal((await boxoffice([...args, "--worker", "expiry"], env)).code, 0);
  t.same([one.released.length, two.released.length], [0, 1]);
});
