import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ServiceName } from "./external.ts";
import { configureNode, formatNode, type KafkaNode, kafkaSpec, kafkaUuid } from "./kafka.ts";
import { claim, freePort } from "./port.ts";
import type { Prepared } from "./prepare.ts";
import { redisSpec } from "./redis.ts";
import { registrySpec } from "./registry.ts";
import type { ServiceSpec } from "./service.ts";
import { smtpSpec } from "./smtp.ts";

/** Ports to use. Brokers take the given one and those after it. */
export interface Ports {
  readonly kafka?: number;
  readonly registry?: number;
  readonly redis?: number;
  readonly smtp?: number;
  /** The catcher's HTTP. */
  readonly catcher?: number;
}

export interface Plan {
  readonly specs: readonly ServiceSpec[];
  readonly env: Readonly<Record<string, string>>;
}

interface PlanOptions {
  readonly ports?: Ports;
  readonly brokers?: 1 | 3;
  readonly keep?: string;
  readonly appendOnly?: boolean;
}

/** Chooses ports, writes configurations and says how each service is to be started. */
export async function planServices(
  wanted: readonly ServiceName[],
  options: PlanOptions,
  { parts, jvm, checkpoint }: Prepared,
  folder: string,
): Promise<Plan> {
  const { ports = {}, brokers = 1, keep, appendOnly = keep !== undefined } = options;
  const logs = join(folder, "logs");
  const specs: ServiceSpec[] = [];
  const env: Record<string, string> = {};
  if (wanted.includes("kafka")) {
    const nodes = await planNodes(brokers, ports.kafka, join(folder, "kafka"), checkpoint);
    specs.push(...nodes.map((node) => kafkaSpec(node, parts, jvm, logs, brokers)));
    env.KAFKA_BROKERS = nodes.map(({ port }) => `127.0.0.1:${port}`).join(",");
  }
  if (wanted.includes("registry")) {
    const port = await choose(ports.registry, "--registry-port");
    const node = { port, managementPort: await freePort(), folder };
    const spec = registrySpec(node, parts, jvm, logs);
    specs.push(spec);
    env.SCHEMA_REGISTRY_URL = spec.url;
  }
  if (wanted.includes("redis")) {
    const data = join(folder, "redis");
    await mkdir(data, { recursive: true });
    const port = await choose(ports.redis, "--redis-port");
    const spec = redisSpec({ port, folder: data, appendOnly }, parts, logs);
    specs.push(spec);
    env.REDIS_URL = spec.url;
  }
  if (wanted.includes("smtp")) {
    const port = await choose(ports.smtp, "--smtp-port");
    const httpPort = await choose(ports.catcher, "--catcher-port");
    const spec = smtpSpec({ port, httpPort, folder }, logs);
    specs.push(spec);
    env.SMTP_URL = spec.url;
    env.SMTP_CATCHER_URL = `http://127.0.0.1:${httpPort}`;
  }
  return { specs, env };
}

async function planNodes(
  brokers: number,
  firstPort: number | undefined,
  folder: string,
  checkpoint: string,
): Promise<KafkaNode[]> {
  const nodes: KafkaNode[] = [];
  for (let id = 1; id <= brokers; id++) {
    const port = await choose(firstPort === undefined ? undefined : firstPort + id - 1, "--kafka-port");
    nodes.push({ id, port, controllerPort: await freePort(), folder: join(folder, String(id)) });
  }
  const clusterId = kafkaUuid();
  for (const node of nodes) {
    await configureNode(node, nodes);
    if (!existsSync(join(node.folder, "data", "meta.properties")))
      await formatNode(node, clusterId, checkpoint);
  }
  return nodes;
}

function choose(given: number | undefined, option: string): Promise<number> {
  return given === undefined ? freePort() : claim(given, option);
}
