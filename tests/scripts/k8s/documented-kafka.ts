import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readManifests } from "../../../scripts/k8s/check/read.ts";
import type { Manifest } from "../../../scripts/k8s/manifest.ts";

/** The Kafka that `k8s/README.md` tells people to make. */
export async function documentedKafka(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, "README.md"), "utf8");
  const [, block = ""] = /^```yaml\n(apiVersion: kafka\.strimzi\.io[^`]*)```$/m.exec(text) ?? [];
  const [kafka] = readManifests(block, "k8s/README.md");
  if (kafka === undefined) throw new Error("k8s/README.md shows no Kafka");
  return kafka;
}
