import { pino } from "pino";
import { createDesk, type Desk } from "../../workers/_letters/mod.ts";
import { readConfig } from "../../workers/_runtime/mod.ts";

/** The desk of this process, by Kafka and Redis as the environment says. */
export async function localDesk(): Promise<Desk> {
  const config = readConfig(process.env, ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL"]);
  // What failed is told once, by the command.
  return await createDesk(config, { log: pino({ level: "silent" }), clientId: "boxoffice" });
}
