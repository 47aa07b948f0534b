import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fetchParts } from "../../../scripts/stack/fetch.ts";
import { cacheFolder } from "../../../scripts/stack/folders.ts";
import { findJava } from "../../../scripts/stack/java.ts";
import { jvmOptions } from "../../../scripts/stack/jvm.ts";
import type { Pod } from "./pods.ts";

/** What runs on this machine in the place of an image that nobody can pull here. */
export interface StandIn {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** By the pod's name, with its own environment and arguments; paths of its volumes are those of the host. */
export async function standIns(folder: string, signal: AbortSignal) {
  const java = findJava();
  const parts = await fetchParts(cacheFolder(), java, signal);
  const jvm = { java, caches: parts.folder, bench: false };
  return {
    /** Apache's image: its own program makes the broker's settings of the environment and formats its storage. */
    async kafka(pod: Pod, volumes: ReadonlyMap<string, string>): Promise<StandIn> {
      const env = onHost(pod.env, volumes);
      const [defaults, mounted, final] = ["defaults", "mounted", "final"].map((name) => join(folder, name));
      if (defaults === undefined || mounted === undefined || final === undefined)
        throw new Error("three folders");
      for (const each of [defaults, mounted, final]) await mkdir(each, { recursive: true });
      for (const file of ["log4j2.yaml", "tools-log4j2.yaml"]) await writeFile(join(defaults, file), LOGGING);
      const configs = [
        ["--default-configs-dir", defaults],
        ["--mounted-configs-dir", mounted],
        ["--final-configs-dir", final],
      ].flat();
      const wrapper = ["-cp", parts.kafkaClassPath, "kafka.docker.KafkaDockerWrapper", "setup", ...configs];
      const { status, stdout, stderr } = spawnSync(java.command, ["-XX:TieredStopAtLevel=1", ...wrapper], {
        // As the image's own script names it.
        env: { PATH: process.env.PATH, CLUSTER_ID: "5L6g3nShT-eMCtK--X86sw", ...env },
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`Cannot set up the broker: ${stdout}${stderr}`);
      const properties = join(final, "server.properties");
      return {
        command: [
          java.command,
          ...jvmOptions("kafka", jvm),
          "-cp",
          parts.kafkaClassPath,
          "kafka.Kafka",
          properties,
        ],
        env,
      };
    },
    registry(pod: Pod, volumes: ReadonlyMap<string, string>): StandIn {
      return {
        command: [java.command, ...jvmOptions("registry", jvm), "-jar", parts.registryJar],
        env: onHost(pod.env, volumes),
      };
    },
    redis(pod: Pod): StandIn {
      return { command: [parts.redisServer, ...pod.args], env: pod.env };
    },
  };
}

const LOGGING = `Configuration:
  Appenders:
    Console: {name: out, target: SYSTEM_ERR, PatternLayout: {pattern: "[%d] %p %m (%c)%n"}}
  Loggers:
    Root: {level: WARN, AppenderRef: [{ref: out}]}
`;

function onHost(
  env: Readonly<Record<string, string>>,
  volumes: ReadonlyMap<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      [...volumes].reduce((text, [path, place]) => text.replaceAll(`${path}/`, `${place}/`), value),
    ]),
  );
}
