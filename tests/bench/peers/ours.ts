import { connectBroker } from "../../../workers/_runtime/broker/connect.ts";
import type { Broker } from "../../../workers/_runtime/broker.ts";
import { createLog } from "../../../workers/_runtime/log.ts";
import { runWorker } from "../../../workers/_runtime/run-worker.ts";
import type { Worker } from "../../../workers/_runtime/worker.ts";
import { testConfig } from "../../_support/fleet.ts";
import type { Finish } from "../contestant.ts";
import { report } from "./stopwatch.ts";
import type { Asked } from "./words.ts";

/** Runs `worker` as the runtime would in its own process, until `finish` resolves, and reports. */
export async function runOurs(
  words: Asked,
  worker: Worker,
  finish: () => Promise<Finish>,
  watched: (broker: Broker) => Broker = (broker) => broker,
): Promise<void> {
  const config = testConfig({
    KAFKA_BROKERS: words.text("brokers"),
    SCHEMA_REGISTRY_URL: words.text("registry"),
  });
  const log = createLog({ level: words.text("log"), worker: worker.name, build: "bench" });
  const broker = connectBroker(config.kafka, { clientId: worker.name, log });
  const crashed = (error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  };
  const options = { config, build: "bench", log, broker: watched(broker), crashed };
  const running = await runWorker(worker, options);
  const result = await finish();
  await running.stop();
  await broker.close();
  report(result);
}
