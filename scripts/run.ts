import { Command } from "commander";
import manifest from "../package.json" with { type: "json" };
import { connectBroker } from "../workers/_runtime/broker/connect.ts";
import { createLog } from "../workers/_runtime/log.ts";
import { exitCodes, readConfig } from "../workers/_runtime/mod.ts";
import { needsOf } from "../workers/_runtime/needs.ts";
import { type RunningWorker, runWorker } from "../workers/_runtime/run-worker.ts";
import { onShutdown } from "../workers/_runtime/shutdown.ts";
import { loadWorker } from "../workers/all.ts";
import { dropReading } from "./executable/drop.ts";
import { commitOf } from "./version.ts";

/** Beyond the handlers' own deadline: to commit, leave the group and let resources go. */
export const STOP_MARGIN_MS = 15_000;

export default new Command("run")
  .description(
    "Runs one worker in this process. Configured by the environment (`boxoffice config`); JSON log lines on\n" +
      "stdout; `/livez`, `/readyz` and `/metrics` on the health port. SIGTERM or Ctrl-C drains and exits 0, a\n" +
      "second one exits at once.",
  )
  .argument("<worker>", "its folder's name (`boxoffice workers`)")
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice run payment
  $ BOXOFFICE_PROFILE=local HEALTH_PORT=9101 npx boxoffice run settlement

Exit codes: 0 drained after a signal; 1 it could not go on (restart it); 2 configuration; 3 something it needs
at start can't be reached; 70 a bug.`,
  )
  .action(run);

async function run(name: string): Promise<void> {
  const worker = await loadWorker(name);
  const config = readConfig(process.env, needsOf(worker));
  const commit = commitOf();
  // Mounted secrets and certificates are read: from here on sockets only, whatever a handler or a package of it tries.
  dropReading();
  const build = manifest.version;
  const log = createLog({ level: config.log.level, worker: worker.name, build });
  for (const warning of config.warnings) log.warn({ warning }, "configuration");
  const broker = connectBroker(config.kafka, { clientId: worker.name, log });
  let running: RunningWorker | undefined;
  onShutdown(process, { deadlineMs: config.runtime.shutdownMs + STOP_MARGIN_MS, log }, async () => {
    await running?.stop();
    await broker.close();
  });
  running = await runWorker(worker, {
    config,
    build,
    commit,
    log,
    broker,
    crashed(error) {
      log.fatal({ err: error }, "the worker can't go on: exiting");
      process.exit(exitCodes.no);
    },
  });
}
