import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Unavailable } from "../../workers/_runtime/errors.ts";
import { fetchParts, type Parts } from "./fetch.ts";
import { type Guard, startGuard } from "./guard.ts";
import { findJava } from "./java.ts";
import { aotFile, type Jvm, recordingOptions } from "./jvm.ts";
import {
  CHECKPOINT,
  configureNode,
  formatNode,
  type KafkaNode,
  kafkaArguments,
  kafkaSpec,
  kafkaUuid,
} from "./kafka.ts";
import { locked } from "./lock.ts";
import { freePort } from "./port.ts";
import { registrySpec } from "./registry.ts";
import { createService, type ServiceSpec } from "./service.ts";

/** What a stack is started from. */
export interface Prepared {
  readonly parts: Parts;
  readonly jvm: Jvm;
  /** A formatted broker's checkpoint. */
  readonly checkpoint: string;
}

/** Assembling an AOT cache takes this long at the most, after the recorded service was asked to end. */
const ASSEMBLE_MS = 120_000;

/**
 * Fetches the parts and, once for each Java, records what makes warm starts quick: a formatted Kafka's
 * checkpoint and AOT caches of Kafka and the registry.
 */
export async function prepare(cache: string, bench: boolean, signal: AbortSignal): Promise<Prepared> {
  const java = findJava();
  const parts = await fetchParts(cache, java, signal);
  const jvm = { java, caches: parts.folder, bench };
  const checkpoint = join(parts.folder, "kafka.checkpoint");
  const recorded = join(parts.folder, `recorded-${java.version}`);
  if (!existsSync(recorded)) {
    await locked(`${recorded}.lock`, signal, async () => {
      if (existsSync(recorded)) return;
      process.stderr.write("recording the services' start, so that later ones are quick (once) …\n");
      await record(parts, jvm, checkpoint, signal);
      // Even if no AOT cache came of it: another try would fail likewise, and stacks start without.
      await writeFile(recorded, "");
    });
  }
  return { parts, jvm, checkpoint };
}

async function record(parts: Parts, jvm: Jvm, checkpoint: string, signal: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "boxoffice-record-"));
  const guard = startGuard(() => {});
  guard.remove(folder);
  try {
    const node = {
      id: 1,
      port: await freePort(),
      controllerPort: await freePort(),
      folder: join(folder, "kafka"),
    };
    await configureNode(node, [node]);
    await formatByTool(node, parts, jvm, checkpoint);
    await rm(join(node.folder, "data"), { recursive: true });
    await formatNode(node, kafkaUuid(), checkpoint);
    const registry = { port: await freePort(), managementPort: await freePort(), folder };
    const kafka = kafkaSpec(node, parts, jvm, folder, 1);
    const services: [string, ServiceSpec, string[]][] = [
      ["kafka", kafka, kafkaArguments(node, parts)],
      ["registry", registrySpec(registry, parts, jvm, folder), ["-jar", parts.registryJar]],
    ];
    await Promise.all(services.map((service) => recordAot(service, jvm, guard, signal)));
  } finally {
    await guard.end();
  }
}

async function formatByTool(node: KafkaNode, parts: Parts, jvm: Jvm, checkpoint: string): Promise<void> {
  const config = join(node.folder, "server.properties");
  const words = ["kafka.tools.StorageTool", "format", "-t", kafkaUuid(), "-c", config];
  const child = spawn(jvm.java.command, ["-cp", parts.kafkaClassPath, ...words], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (chunk) => {
    complaint += String(chunk);
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Unavailable("kafka", `Cannot format Kafka's storage: ${complaint}`);
  await copyFile(join(node.folder, "data", CHECKPOINT), checkpoint);
}

async function recordAot(
  [name, spec, words]: readonly [string, ServiceSpec, string[]],
  jvm: Jvm,
  guard: Guard,
  signal: AbortSignal,
): Promise<void> {
  const file = aotFile(name, jvm);
  if (file === undefined) return;
  const half = `${file}.half`;
  const service = createService(
    { ...spec, args: [...recordingOptions(half), ...words], stopMs: ASSEMBLE_MS },
    guard,
  );
  await service.start(signal);
  await service.stop();
  if (existsSync(half)) await rename(half, file);
}
