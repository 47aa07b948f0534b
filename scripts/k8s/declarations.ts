import { topics as sources } from "../../schemas/topics.ts";
import { type DeclaredTopic, declaredTopics } from "../../workers/_runtime/derived-topics.ts";
import { type Config, readConfig, type Worker } from "../../workers/_runtime/mod.ts";
import { loadWorkers } from "../../workers/all.ts";

/** Settings that change what the declarations derive; all pods of an overlay share them. */
export const DERIVING_SETTINGS = [
  "TOPIC_PARTITIONS",
  "TOPIC_REPLICATION_FACTOR",
  "RETRY_LADDER",
  "SHUTDOWN_DEADLINE",
] as const;

/** All that manifests follow from. */
export interface Declarations {
  readonly workers: readonly Worker[];
  /** Every topic, as `boxoffice topics plan` would create it. */
  readonly topics: readonly DeclaredTopic[];
  readonly config: Config;
}

/**
 * The declarations under a cluster's defaults. The caller's own environment plays no part: what is generated must be
 * the same on every machine.
 * @throws {ConfigError} when `settings` hold a value that can't be
 */
export async function loadDeclarations(
  settings: Readonly<Record<string, string>> = {},
): Promise<Declarations> {
  return declarationsOf(await loadWorkers(), settings);
}

export function declarationsOf(
  workers: readonly Worker[],
  settings: Readonly<Record<string, string>> = {},
): Declarations {
  const config = readConfig({ BOXOFFICE_PROFILE: "production", ...settings }, []);
  return { workers, topics: declaredTopics(sources, workers, config.runtime), config };
}

/** Partitions of a source topic. */
export function partitionsOf({ topics }: Pick<Declarations, "topics">, source: string): number {
  const topic = topics.find(({ name }) => name === source);
  if (topic === undefined) throw new RangeError(`Cannot find topic '${source}' among the declared ones`);
  return topic.partitions;
}

/** More pods than that would stand idle: each reads whole partitions, of each of its source topics. */
export function mostReplicas(declarations: Pick<Declarations, "topics">, { reads }: Worker): number {
  return Math.max(...reads.map(({ topic }) => partitionsOf(declarations, topic.name)));
}
