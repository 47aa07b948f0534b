import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import t from "tap";
import { reservations } from "../schemas/topics.ts";
import { freePort } from "../scripts/stack/port.ts";
import { parseOurs } from "../workers/_runtime/headers.ts";
import { connectRedis } from "../workers/_runtime/mod.ts";
import { bareFleet, until } from "./_support/fleet.ts";

const root = resolve(import.meta.dirname, "..");

/** The README's worker in a copy of the sources, as a newcomer would put it there. */
function checkoutWithExample(): string {
  const folder = mkdtempSync(join(tmpdir(), "boxoffice-readme-"));
  for (const part of ["workers", "schemas", "scripts", "bin", "package.json", "tsconfig.json"]) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "workers", "revenue"));
  const [, source = ""] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
  writeFileSync(join(folder, "workers", "revenue", "worker.ts"), source);
  t.ok(source.split("\n").length <= 60, "at most 60 lines");
  return folder;
}

t.test(
  "the README's worker compiles, gets topics, retries, a DLQ and metrics, and touches nothing else",
  { timeout: 900_000 },
  async (t) => {
    const folder = checkoutWithExample();
    t.teardown(() => rmSync(folder, { recursive: true, maxRetries: 3 }));
    const port = await freePort();
    // Its own group and topics on a stack that other tests share: nothing else runs this worker.
    const env = {
      ...process.env,
      BOXOFFICE_PROFILE: "test",
      HEALTH_PORT: String(port),
      RETRY_LADDER: "100ms,300ms",
    };
    const boxoffice = (...words: string[]) =>
      new Promise<{ code: number | null; out: string }>((resolve) => {
        const child = spawn(process.execPath, [join(folder, "bin/boxoffice.js"), ...words], {
          env,
          cwd: folder,
        });
        let out = "";
        child.stdout.on("data", (chunk) => (out += chunk));
        child.stderr.on("data", (chunk) => (out += chunk));
        child.once("exit", (code) => resolve({ code, out }));
      });
    // tap hangs its loaders into every Node process it sees started; the compiler can't bear them.
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    const tsc = spawn("env", ["-u", "NODE_OPTIONS", process.execPath, compiler, "-p", "."], {
      cwd: folder,
      stdio: "inherit",
    });
    t.equal(await new Promise((resolve) => tsc.once("exit", resolve)), 0, "it compiles");

    const listed = await boxoffice("workers", "--json");
    t.match(listed.out, /reservations\.revenue\.retry\.100ms/);
    t.match(listed.out, /reservations\.revenue\.dlq/);
    t.equal((await boxoffice("topics", "apply")).code, 0);
    t.equal((await boxoffice("schemas", "register", "--yes")).code, 0);

    const worker = spawn(process.execPath, [join(folder, "bin/boxoffice.js"), "run", "revenue"], {
      env,
      cwd: folder,
      stdio: "ignore",
    });
    t.teardown(() => worker.kill("SIGKILL"));
    const fleet = bareFleet(process.env);
    t.teardown(() => fleet.close());
    await fleet.prepare([reservations], []);
    const redis = await connectRedis(process.env.REDIS_URL ?? "", { log: fleet.log });
    t.teardown(() => redis.close());
    const id = fleet.unique("r");
    const concertId = fleet.unique("concert");
    const confirmed = (n: number, amount: number, concert = concertId) =>
      fleet.event(reservations, {
        type: "ReservationConfirmed",
        reservationId: `${id}${n}`,
        customerId: "c",
        concertId: concert,
        seats: ["A-1"],
        amount,
        currency: "EUR",
        chargeId: "ch",
      });
    // A key of another type makes the second one fail until it is gone.
    const broken = fleet.unique("broken");
    await redis.call("SET", `revenue:${broken}`, "in the way");
    await fleet.send([confirmed(1, 500), confirmed(2, 700, broken), confirmed(3, -1)]);
    const metrics = async () =>
      (await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined))?.text() ?? "";
    await until(
      t,
      "a retry is counted",
      async () => /boxoffice_records_total\{[^}]*outcome="retry"[^}]*\} [1-9]/.test(await metrics()),
      300,
    );
    await redis.call("DEL", `revenue:${broken}`);
    await until(
      t,
      "it counted the sale",
      async () => (await redis.call("HGET", `revenue:${concertId}`, `${id}1`)) === "500",
    );
    const mine = async () =>
      (await fleet.all("reservations.revenue.dlq")).filter(({ key }) => key?.toString().startsWith(id));
    await until(t, "the poison is a dead letter", async () =>
      (await mine()).some(({ key }) => key?.toString() === `${id}3`),
    );
    const letter = (await mine()).find(({ key }) => key?.toString() === `${id}3`);
    t.match(parseOurs(letter?.headers ?? []), { worker: "revenue", error: "Permanent", attempt: 1 });
    const exit = new Promise((resolve) => worker.once("exit", resolve));
    worker.kill("SIGTERM");
    t.equal(await exit, 0, "SIGTERM drains and exits 0");
  },
);
