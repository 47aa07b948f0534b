import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pino } from "pino";
import t from "tap";
import { reservations } from "../../../schemas/topics.ts";
import type { Violation } from "../../../scripts/invariants/violation.ts";
import type { Report } from "../../../scripts/start/report.ts";
import { connectBroker } from "../../../workers/_runtime/broker.ts";
import { connectRegistry, createCodec, readConfig } from "../../../workers/_runtime/mod.ts";
import { launch } from "./launch.ts";

const LAUNCHER = resolve(import.meta.dirname, "../../../bin/boxoffice.js");
const NO_ODDITIES = ["poison", "failing", "declined", "flaky", "lost", "cancel", "hang-up"].flatMap(
  (name) => [`--${name}`, "0"],
);

/** `fleet.env` as `start` wrote it. */
function environmentOf(folder: string): Record<string, string> {
  const printed = execFileSync("/bin/sh", ["-c", `. '${folder}/fleet.env'; env -0`], { encoding: "utf8" });
  return Object.fromEntries(
    printed
      .split("\0")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

t.test("boxoffice invariants names each invariant that is broken by hand in a running fleet", async (t) => {
  const folder = join(t.testdir(), "logs");
  const requests = join(t.testdir(), "few.ndjson");
  const plan = ["load", "--fans", "60", "--duration", "3s", ...NO_ODDITIES, "--write", requests];
  execFileSync(process.execPath, [LAUNCHER, ...plan], { stdio: "pipe" });
  const { child, ended, until, stdout, stderr } = launch(t, [
    "--requests",
    requests,
    "--json",
    "--logs",
    folder,
  ]);
  await until("running until Ctrl-C");
  const report: Report = JSON.parse(stdout());
  t.equal(report.held, true, `${report.gaveUp}; ${JSON.stringify(report.violations)}; ${stderr()}`);
  const env = environmentOf(folder);
  const ledger = join(folder, "accepted.ndjson");
  const judge = () => {
    const args = [LAUNCHER, "invariants", "--ledger", ledger, "--json"];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
    const found: Violation[] = status === 0 || status === 1 ? JSON.parse(stdout).violations : [];
    return { status, stderr, found };
  };
  const sound = judge();
  t.equal(sound.status, 0, sound.stderr);
  t.same(sound.found, []);

  // A second charge for a reservation that has one, and a charge that nobody refunds.
  const entries = await (await fetch(`${env.GATEWAY_ADMIN_URL}/ledger?kind=charge`)).text();
  const charge = JSON.parse(entries.split("\n")[0] ?? "");
  const again = await fetch(`${env.GATEWAY_URL}/charges`, {
    method: "POST",
    headers: { "idempotency-key": "by-hand", "content-type": "application/json" },
    body: JSON.stringify({
      amount: charge.amount,
      currency: charge.currency,
      card: "tok_x",
      reference: charge.reference,
    }),
  });
  t.equal(again.status, 201);

  // A seat confirmed twice.
  const config = readConfig(env, ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL"]);
  const broker = connectBroker(config.kafka, { clientId: "by-hand", log: pino({ level: "silent" }) });
  t.teardown(() => broker.close());
  const codec = createCodec({
    registry: connectRegistry(config.registry),
    records: [],
    topics: [reservations],
  });
  await codec.ready(AbortSignal.timeout(10_000));
  const first = JSON.parse(execFileSync("head", ["-1", ledger], { encoding: "utf8" }));
  const { value } = codec.encode(reservations, {
    type: "ReservationConfirmed",
    reservationId: "by-hand",
    customerId: "nobody",
    concertId: "grand-hall-gala",
    seats: [first.seats[0]],
    amount: 1,
    currency: "EUR",
    chargeId: "ch_none",
  });
  await broker
    .producer()
    .send([{ topic: reservations.name, key: Buffer.from("by-hand"), value, headers: [] }]);

  // A request that its client was promised and that is nowhere.
  appendFileSync(
    ledger,
    `${JSON.stringify({ reservationId: "lost", fan: 1, card: "tok_good", seats: ["A-1"] })}\n`,
  );

  const broken = judge();
  t.equal(broken.status, 1, broken.stderr);
  const names = (invariant: string) =>
    broken.found
      .filter((violation) => violation.invariant === invariant)
      .flatMap(({ reservations, seats, evidence }) => [...reservations, ...seats, ...evidence]);
  t.ok(names("charged-once").includes(charge.reference));
  t.ok(names("seat-sold-once").includes(first.seats[0]));
  t.ok(names("seat-sold-once").includes("by-hand"));
  t.ok(names("request-ended").includes("lost"));
  t.ok(names("money-answered").includes("by-hand"), "confirmed and never charged");
  child.kill("SIGINT");
  t.equal(await ended, 0, "the sale itself held");
});
