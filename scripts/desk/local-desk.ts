import { pino } from "pino";
import { createDesk, type Desk } from "../../workers/_letters/mod.ts";
import { isBrokerAway } from "../../workers/_runtime/broker/broker-error.ts";
import { readConfig } from "../../workers/_runtime/mod.ts";
import { kafkaAway } from "../with-broker.ts";

/** The desk of this process, by Kafka and Redis as the environment says. */
export async function localDesk(): Promise<Desk> {
  // What failed is told once, by the command.
  return await createDesk(localConfig(), { log: pino({ level: "silent" }), clientId: "boxoffice" });
}

/** A local desk's failure as it is told: that Kafka is away is said with where it was looked for. */
export function localFailure(error: unknown): unknown {
  return isBrokerAway(error) ? kafkaAway(error, localConfig().kafka.brokers) : error;
}

function localConfig() {
  return readConfig(process.env, ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL"]);
}
