import { randomBytes } from "node:crypto";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Parts } from "./fetch.ts";
import { type Jvm, jvmOptions } from "./jvm.ts";
import { kafkaReady } from "./kafka-ready.ts";
import type { ServiceSpec } from "./service.ts";

/** One broker that is its own controller, or three of them. */
export interface KafkaNode {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
  /** Where its data and its configuration live. */
  readonly folder: string;
}

/** What a formatted broker holds; the same for each but for the ids. */
export const CHECKPOINT = "__cluster_metadata-0/00000000000000000000-0000000000.checkpoint";

/** `server.properties` of one node. */
export function serverProperties(node: KafkaNode, all: readonly KafkaNode[]): string {
  const replicas = all.length >= 3 ? 3 : 1;
  const settings: Record<string, string | number | boolean> = {
    "process.roles": "broker,controller",
    "node.id": node.id,
    "controller.quorum.voters": all.map((each) => `${each.id}@127.0.0.1:${each.controllerPort}`).join(","),
    listeners: `PLAINTEXT://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    "controller.listener.names": "CONTROLLER",
    "log.dirs": join(node.folder, "data"),
    "auto.create.topics.enable": false,
    "offsets.topic.replication.factor": replicas,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": replicas,
    "transaction.state.log.min.isr": Math.min(2, replicas),
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.replication.factor": replicas,
    "share.coordinator.state.topic.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    "default.replication.factor": replicas,
    "min.insync.replicas": Math.min(2, replicas),
    // A worker that dies in a transaction blocks its readers for its transaction timeout plus this.
    // A broker killed and started again may register only when its old session has ended.
    "broker.session.timeout.ms": 4_000,
    "broker.heartbeat.interval.ms": 1_000,
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": 1_000,
    // Nobody starts a hundred members at once here: a group's first join needn't wait for more.
    "group.initial.rebalance.delay.ms": 0,
    // The log keeps every reservation for ever; the smallest segments that retention tests can watch roll.
    "log.retention.check.interval.ms": 5_000,
    "log.cleaner.dedupe.buffer.size": 16_777_216,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "num.recovery.threads.per.data.dir": 1,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** What Kafka calls a UUID: 16 bytes in URL-safe base64, never with a leading dash (read as an option). */
export function kafkaUuid(): string {
  for (;;) {
    const id = randomBytes(16).toString("base64url");
    if (!id.startsWith("-")) return id;
  }
}

/** Writes what `kafka-storage format` would, from a recorded checkpoint: a second less than the tool's JVM takes. */
export async function formatNode(node: KafkaNode, clusterId: string, template: string): Promise<void> {
  const data = join(node.folder, "data");
  await mkdir(join(data, "__cluster_metadata-0"), { recursive: true });
  await copyFile(template, join(data, CHECKPOINT));
  const ids = `version=1\ncluster.id=${clusterId}\nnode.id=${node.id}\ndirectory.id=${kafkaUuid()}\n`;
  await writeFile(join(data, "meta.properties"), ids);
}

/** Writes a node's configuration. */
export async function configureNode(node: KafkaNode, all: readonly KafkaNode[]): Promise<void> {
  await mkdir(node.folder, { recursive: true });
  await writeFile(join(node.folder, "server.properties"), serverProperties(node, all));
  await writeFile(join(node.folder, "log4j2.properties"), LOGGING);
}

const LOGGING = `
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
logger.server.name = kafka.server
logger.server.level = info
logger.group.name = org.apache.kafka.coordinator
logger.group.level = info
`;

/** The class path and arguments of a node, apart from the JVM's options. */
export function kafkaArguments(node: KafkaNode, parts: Parts): string[] {
  return [
    `-Dlog4j2.configurationFile=${join(node.folder, "log4j2.properties")}`,
    "-cp",
    parts.kafkaClassPath,
    "kafka.Kafka",
    join(node.folder, "server.properties"),
  ];
}

export function kafkaSpec(
  node: KafkaNode,
  parts: Parts,
  jvm: Jvm,
  logs: string,
  brokers: number,
): ServiceSpec {
  const name = brokers === 1 ? "kafka" : `kafka-${node.id}`;
  return {
    name,
    port: node.port,
    url: `127.0.0.1:${node.port}`,
    command: jvm.java.command,
    args: [...jvmOptions("kafka", jvm), ...kafkaArguments(node, parts)],
    logFile: join(logs, `${name}.log`),
    ready: (signal) => kafkaReady(node.port, brokers, signal),
  };
}
