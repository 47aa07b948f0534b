import { pino } from "pino";
import { describe, isConnectionError } from "../workers/_runtime/broker/broker-error.ts";
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
    throw kafkaAway(error, kafka.brokers);
  } finally {
    await broker.close();
  }
}

/** What is told instead of what kafkajs says. */
export function kafkaAway(error: unknown, brokers: readonly string[]): Unavailable {
  const why = describe(error);
  return new Unavailable("kafka", `Cannot reach Kafka at KAFKA_BROKERS=${brokers.join(",")}: ${why}`, {
    cause: error,
  });
}
