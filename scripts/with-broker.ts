import { pino } from "pino";
import { isConnectionError } from "../workers/_runtime/broker/broker-error.ts";
import { connectBroker } from "../workers/_runtime/broker/connect.ts";
import type { Broker } from "../workers/_runtime/broker.ts";
import { readConfig, Unavailable } from "../workers/_runtime/mod.ts";

/**
 * Runs `task` with a connection to KAFKA_BROKERS and closes it afterwards. The client's own log is dropped:
 * what failed is told once, by the command.
 * @throws {Unavailable} when no broker answers
 */
export async function withBroker<T>(task: (broker: Broker) => Promise<T>): Promise<T> {
  const { kafka } = readConfig(process.env, ["KAFKA_BROKERS"]);
  const broker = connectBroker(kafka, { clientId: "boxoffice", log: pino({ level: "silent" }) });
  try {
    return await task(broker);
  } catch (error) {
    if (!isConnectionError(error)) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Unavailable("kafka", `Cannot reach Kafka at KAFKA_BROKERS=${kafka.brokers.join(",")}: ${why}`, {
      cause: error,
    });
  } finally {
    await broker.close();
  }
}
