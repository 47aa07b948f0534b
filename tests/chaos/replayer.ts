/** The replayer as a process of its own, for `replay.ts` to kill. */
import { connectBroker } from "../../workers/_runtime/broker/connect.ts";
import { createLog } from "../../workers/_runtime/log.ts";
import { runWorker } from "../../workers/_runtime/run-worker.ts";
import replayer from "../../workers/replayer/worker.ts";
import { testConfig } from "../_support/fleet.ts";

const config = testConfig(process.env);
const log = createLog({ level: process.env.LOG_LEVEL ?? "warn", worker: replayer.name, build: "chaos" });
const broker = connectBroker(config.kafka, { clientId: replayer.name, log });
await runWorker(replayer, { config, build: "chaos", log, broker, crashed: () => process.exit(1) });
