import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import t from "tap";

const root = join(import.meta.dirname, "../../../..");

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.[jt]s$/.test(name) && !name.includes("node_modules"))
    .map((name) => join(folder, name));
}

t.test("only workers/_runtime/broker/ imports kafkajs: the client stays replaceable", async (t) => {
  const importers = ["workers", "scripts", "schemas"]
    .flatMap(sources)
    .filter((file) => /(from|import|require\()\s*["']kafkajs/.test(readFileSync(join(root, file), "utf8")))
    .map((file) => relative("workers/_runtime/broker", file));
  t.ok(importers.length > 0);
  t.same(
    importers.filter((file) => file.startsWith("..")),
    [],
  );
});

t.test("kafkajs is pinned to the version that the patches were written for", async (t) => {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  t.equal(dependencies.kafkajs, "2.2.4");
});
