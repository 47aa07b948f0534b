import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import t from "tap";
import { parse } from "yaml";
import { at, listAt, textAt, textsAt } from "../../../scripts/k8s/check/fields.ts";
import { readManifests } from "../../../scripts/k8s/check/read.ts";

const root = resolve(import.meta.dirname, "../../..");
const services = join(root, "k8s/overlays/local/services");

t.test("the local overlay's broker, registry and Redis are those of compose.yaml", async (t) => {
  const compose: unknown = parse(await readFile(join(root, "compose.yaml"), "utf8"));
  for (const name of ["kafka", "registry", "redis"]) {
    const [maker] = readManifests(await readFile(join(services, `${name}.yaml`), "utf8"), name);
    const container = at(maker, "spec", "template", "spec", "containers", 0);
    t.equal(textAt(container, "image"), textAt(compose, "services", name, "image"), name);
    const given = new Map(
      listAt(container, "env").map((each) => [textAt(each, "name"), textAt(each, "value")]),
    );
    // Where it is found, and where it keeps things, differs between the two.
    const own = /LISTENER|QUORUM_VOTERS|DATASOURCE_URL/;
    const wanted = Object.entries(Object(at(compose, "services", name, "environment") ?? {}));
    for (const [key, value] of wanted.filter(([key]) => !own.test(key)))
      t.equal(given.get(key), String(value), key);
    t.equal(wanted.length > 3, name !== "redis");
  }
  t.ok(textsAt(compose, "services", "kafka", "environment").size > 5);
});
