import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import t, { type Test } from "tap";
import { reservations } from "../../schemas/topics.ts";
import type { Topic } from "../../workers/_runtime/mod.ts";
import { fleet } from "../_support/fleet.ts";
import { runCommand, startCommand } from "../command.ts";

const { KAFKA_BROKERS = "", SCHEMA_REGISTRY_URL = "" } = process.env;
const env = { KAFKA_BROKERS, SCHEMA_REGISTRY_URL };

/** An intake that answers everything alike. */
async function intake(t: Test, status: number): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end("{}"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

t.test("load ends with 3 at once where no intake answers, and touches no ledger", async (t) => {
  const ledger = join(t.testdir(), "accepted.ndjson");
  writeFileSync(ledger, "of another day\n");
  const nobody = ["--intake", "http://127.0.0.1:1", "--ledger", ledger];
  const { code, stderr, stdout } = await runCommand(["load", ...nobody], env);
  t.equal(code, 3);
  t.match(stderr, /Cannot reach intake at http:\/\/127\.0\.0\.1:1: ECONNREFUSED/);
  t.equal(stdout, "");
  t.equal(readFileSync(ledger, "utf8"), "of another day\n");
});

t.test("load ends with 2 where the concert isn't on sale", async (t) => {
  const { code, stderr } = await runCommand(["load", "--intake", await intake(t, 404)], env);
  t.equal(code, 2);
  t.match(stderr, /no concert 'grand-hall-gala'.*boxoffice concerts apply/);
});

t.test("load goes on against an intake that refuses everybody, and ends with 130 by Ctrl-C", async (t) => {
  const own = await fleet(t);
  await own.prepare([reservations as unknown as Topic], []);
  const few = ["--fans", "50", "--duration", "60s"];
  const { child, result } = startCommand(["load", "--intake", await intake(t, 503), ...few], env);
  // It tells how it goes every few seconds; a second signal would end it as any other process.
  const stop = (told: Buffer) => {
    if (!/[1-9]\d* asked again/.test(String(told))) return;
    child.stderr?.off("data", stop);
    child.kill("SIGINT");
  };
  child.stderr?.on("data", stop);
  t.match(await result, { code: 130, stderr: /stopped\n$/ });
});
