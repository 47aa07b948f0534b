import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import type { BundledPackage } from "./packages.ts";

interface Component {
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly [field: string]: unknown;
}

/** The part of a CycloneDX document that is changed here. */
interface Bom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
  readonly [field: string]: unknown;
}

/** The Node that the executable is made from. */
export interface SbomNode {
  readonly package: string;
  readonly version: string;
}

/** As the lock file has it: the hash by which npm takes the package for what it is. */
interface HashedNode extends SbomNode {
  /** Hex. */
  readonly sha512: string;
}

/**
 * What the executable consists of, as CycloneDX: npm's own list of the lockfile, less all that isn't part of it (test
 * tools, packages that nothing of ours reaches), plus Node. No times, no random numbers: the same parts, the same bytes.
 * @throws {Error} when npm can't tell, or doesn't know a package that is part of it
 */
export function sbomOf(root: string, packages: readonly BundledPackage[], node: SbomNode): string {
  const words = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"];
  const { status, stdout, stderr, error } = spawnSync("npm", words, { cwd: root, encoding: "utf8" });
  if (status !== 0)
    throw new Error(`Cannot list the parts as 'npm sbom' failed: ${error?.message ?? stderr}`);
  const hashed = { ...node, sha512: lockedHash(root, node) };
  return `${JSON.stringify(reducedBom(JSON.parse(stdout), packages, hashed), null, 2)}\n`;
}

/** @throws {Error} when the lock file has another version, or no SHA-512 of it */
function lockedHash(root: string, { package: name, version }: SbomNode): string {
  const lock: {
    readonly packages: Readonly<
      Record<string, { readonly version?: string; readonly integrity?: string } | undefined>
    >;
  } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const locked = lock.packages[`node_modules/${name}`];
  const base64 = /^sha512-(.+)$/.exec(locked?.integrity ?? "")?.[1];
  if (locked?.version !== version || base64 === undefined)
    throw new Error(`Cannot list Node as package-lock.json has no SHA-512 of ${name}@${version}`);
  return Buffer.from(base64, "base64").toString("hex");
}

/** As `sbomOf`, of the document that npm printed. */
export function reducedBom(bom: Bom, packages: readonly BundledPackage[], node: HashedNode): object {
  const wanted = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  const components = bom.components.filter((each) => wanted.has(each["bom-ref"])).sort(byRef);
  const known = new Set(components.map((each) => each["bom-ref"]));
  const missing = [...wanted].filter((ref) => !known.has(ref));
  if (missing.length > 0) throw new Error(`Cannot list the parts as npm doesn't know ${missing.join(", ")}`);
  const self = `${manifest.name}@${manifest.version}`;
  const nodeRef = `node@${node.version}`;
  const dependencies = bom.dependencies
    .filter(({ ref }) => ref === self || known.has(ref))
    .map(({ ref, dependsOn = [] }) => ({
      ref,
      dependsOn: [...dependsOn.filter((each) => known.has(each)), ...(ref === self ? [nodeRef] : [])].sort(),
    }))
    .sort((a, b) => (a.ref < b.ref ? -1 : 1));
  return {
    $schema: bom.$schema,
    bomFormat: bom.bomFormat,
    specVersion: bom.specVersion,
    version: bom.version,
    metadata: {
      lifecycles: [{ phase: "build" }],
      component: { ...bom.metadata.component, type: "application", name: manifest.name },
    },
    components: [...components, nodeComponent(nodeRef, node)],
    dependencies: [...dependencies, { ref: nodeRef, dependsOn: [] }],
  };
}

function nodeComponent(ref: string, node: HashedNode): Component {
  return {
    "bom-ref": ref,
    type: "platform",
    name: "node",
    version: node.version,
    scope: "required",
    // From this very package; what is compiled into it is named in its LICENSE.
    purl: `pkg:npm/${node.package}@${node.version}`,
    hashes: [{ alg: "SHA-512", content: node.sha512 }],
    licenses: [{ license: { id: "MIT" } }],
  };
}

function byRef(a: Component, b: Component): number {
  return a["bom-ref"] < b["bom-ref"] ? -1 : 1;
}
