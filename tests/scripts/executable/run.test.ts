import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { bundleProgram } from "../../../scripts/build/bundle.ts";
import { makeExecutable } from "../../../scripts/build/executable.ts";
import { nodeOptions } from "../../../scripts/build/grants.ts";
import { freePort } from "../../../scripts/stack/port.ts";
import { call, root, scratchFolder } from "../../_support/executable.ts";

t.test("run keeps sockets only, once its configuration and mounted secrets are read", async (t) => {
  const folder = scratchFolder(t);
  const probe = join(folder, "probe");
  const { entry, chunks } = await bundleProgram({ root, commit: undefined });
  const main = readFileSync(join(import.meta.dirname, "run-probe.cjs"), "utf8");
  const scratch = join(folder, "scratch");
  mkdirSync(scratch);
  makeExecutable(
    {
      program: {
        entry,
        chunks: new Map([...chunks, ["real.js", chunks.get("main.js") ?? ""], ["main.js", main]]),
      },
      ...{ carried: {}, node: process.execPath, base: process.execPath },
      ...{ nodeOptions: nodeOptions(), compile: false, strip: false },
    },
    { scratch, output: probe },
  );
  const secret = join(folder, "gateway-url");
  const nobody = `127.0.0.1:${await freePort()}`;
  writeFileSync(secret, `http://${nobody}`);
  // Nobody answers there: it would try for a while, as a worker does that starts before its cluster.
  const { stdout, stderr } = await call(probe, ["run", "payment"], {
    ...{ BOXOFFICE_PROFILE: "test", GATEWAY_URL_FILE: secret, HEALTH_PORT: "0" },
    ...{ KAFKA_BROKERS: nobody, SCHEMA_REGISTRY_URL: `http://${nobody}` },
  });
  const found = stdout.split("\n").find((line) => line.includes('"before"'));
  t.same(
    JSON.parse(found ?? "{}"),
    { before: `http://${nobody}`, after: "ERR_ACCESS_DENIED" },
    `${stdout}${stderr}`,
  );
});
