import { join } from "node:path";
import type { Parts } from "./fetch.ts";
import { type Jvm, jvmOptions } from "./jvm.ts";
import type { ServiceSpec } from "./service.ts";

/** Where Confluent's API lives in Apicurio. */
const CONFLUENT_PATH = "/apis/ccompat/v7";

export interface RegistryNode {
  readonly port: number;
  /** Apicurio opens a second listener for its health and metrics. */
  readonly managementPort: number;
  readonly folder: string;
}

/** Environment of Apicurio: both listeners on the loopback address, its data in a file that survives a kill. */
export function registryEnvironment({ port, managementPort, folder }: RegistryNode): Record<string, string> {
  return {
    QUARKUS_HTTP_HOST: "127.0.0.1",
    QUARKUS_HTTP_PORT: String(port),
    QUARKUS_MANAGEMENT_HOST: "127.0.0.1",
    QUARKUS_MANAGEMENT_PORT: String(managementPort),
    APICURIO_STORAGE_KIND: "sql",
    APICURIO_STORAGE_SQL_KIND: "h2",
    // Written at each commit: a schema that was answered for must be there after kill -9.
    APICURIO_DATASOURCE_URL: `jdbc:h2:file:${join(folder, "registry")};WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE`,
    QUARKUS_LOG_LEVEL: "WARN",
  };
}

export function registrySpec(node: RegistryNode, parts: Parts, jvm: Jvm, logs: string): ServiceSpec {
  const url = `http://127.0.0.1:${node.port}${CONFLUENT_PATH}`;
  return {
    name: "registry",
    port: node.port,
    url,
    command: jvm.java.command,
    args: [...jvmOptions("registry", jvm), "-jar", parts.registryJar],
    env: registryEnvironment(node),
    logFile: join(logs, "registry.log"),
    async ready(signal) {
      const answer = await fetch(`${url}/subjects`, { signal });
      await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error(`it answers ${answer.status}`);
    },
  };
}
