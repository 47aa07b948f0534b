import type { Worker } from "./worker.ts";

/** The settings without which a worker can't start: Kafka, the registry, and the endpoints it may reach. */
export function needsOf(worker: Pick<Worker, "permissions">): readonly string[] {
  return [...new Set(["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL", ...worker.permissions.net])];
}
