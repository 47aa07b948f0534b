import { fetchParts } from "./fetch.ts";
import { cacheFolder } from "./folders.ts";
import { findJava } from "./java.ts";

/** What runs Kafka's own Java client: `<command> -cp <classPath> Program.java …`. */
export interface JavaClient {
  readonly command: string;
  readonly classPath: string;
}

/**
 * For tests that compare us with the Java client, also where they only share a stack that others started.
 *
 * @throws {UsageError} If Java is missing.
 */
export async function findJavaClient(signal: AbortSignal): Promise<JavaClient> {
  const java = findJava();
  const { kafkaClassPath } = await fetchParts(cacheFolder(), java, signal);
  return { command: java.command, classPath: kafkaClassPath };
}
