/** The door to Kafka: the port, what it throws, and the one way to connect. */
export type { Compression } from "./broker/compression.ts";
export { connectBroker } from "./broker/connect.ts";
export { PublishFailed, TransactionFailed } from "./broker/failures.ts";
export type * from "./broker/port.ts";
