import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import t from "tap";
import { at, listAt, textAt } from "../../../scripts/k8s/check/fields.ts";
import { readManifests } from "../../../scripts/k8s/check/read.ts";
import { CLUSTER_LABEL } from "../../../scripts/k8s/kafka-resources.ts";
import { documentedKafka } from "./documented-kafka.ts";

const folder = resolve(import.meta.dirname, "../../../k8s");
const read = (path: string) => readFile(join(folder, path), "utf8");

t.test("the Kafka of k8s/README.md takes the topics and users of the overlays, where they are", async (t) => {
  const kafka = await documentedKafka(folder);
  const { name, namespace } = kafka.metadata;
  const resources = ["topics", "users"].map((each) => read(`components/strimzi/${each}.yaml`));
  for (const each of readManifests((await Promise.all(resources)).join("---\n"), "strimzi"))
    t.equal(each.metadata.labels?.[CLUSTER_LABEL], name, each.metadata.name);
  const [listener] = listAt(kafka, "spec", "kafka", "listeners");
  for (const overlay of ["staging", "production"]) {
    const own = readManifests(await read(`overlays/${overlay}/kustomization.yaml`).then(named), overlay);
    for (const operator of ["topicOperator", "userOperator"])
      t.equal(
        textAt(kafka, "spec", "entityOperator", operator, "watchedNamespace"),
        textAt(own[0], "namespace"),
        `${overlay}: ${operator}`,
      );
    const broker = `KAFKA_BROKERS=${name}-kafka-bootstrap.${namespace}:${at(listener, "port")}`;
    t.match(await read(`overlays/${overlay}/settings/kustomization.yaml`), broker);
  }
  const [user] = readManifests(await read("components/strimzi/users.yaml"), "users");
  t.equal(textAt(listener, "authentication", "type"), textAt(user, "spec", "authentication", "type"));
  t.equal(
    textAt(kafka, "spec", "kafka", "authorization", "type"),
    textAt(user, "spec", "authorization", "type"),
  );
  t.equal(at(kafka, "spec", "kafka", "config", "auto.create.topics.enable"), false);
});

/** A kustomization has no name of its own. */
function named(text: string): string {
  return `${text}\nmetadata: {name: it}\n`;
}
