import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";
import * as z from "zod";

const root = resolve(import.meta.dirname, "..");
const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), "utf8"));

const Versions = z.record(z.string(), z.string());
const manifest = z
  .object({
    dependencies: Versions,
    devDependencies: Versions,
    optionalDependencies: Versions,
    overrides: Versions,
    allowScripts: z.record(z.string(), z.boolean()),
  })
  .parse(read("package.json"));
const { packages } = z
  .object({
    lockfileVersion: z.literal(3),
    packages: z.record(
      z.string(),
      z.object({
        version: z.string().optional(),
        integrity: z.string().optional(),
        resolved: z.string().optional(),
        hasInstallScript: z.boolean().optional(),
      }),
    ),
  })
  .parse(read("package-lock.json"));
const installed = Object.entries(packages).filter(([place]) => place !== "");
const nameOf = (place: string) => place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);

t.test("every dependency is pinned to one version, and the lock file has that one", async (t) => {
  const { dependencies, devDependencies, optionalDependencies, overrides } = manifest;
  for (const [name, version] of Object.entries({
    ...{ ...dependencies, ...devDependencies, ...optionalDependencies },
  })) {
    t.match(version, /^\d+\.\d+\.\d+(?:-[\w.]+)?$/, name);
    t.equal(packages[`node_modules/${name}`]?.version, version, name);
  }
  for (const [name, version] of Object.entries(overrides)) {
    t.match(version, /^\d+\.\d+\.\d+$/, name);
    const places = installed.filter(([place]) => nameOf(place) === name);
    t.ok(places.length > 0 && places.every(([, each]) => each.version === version), name);
  }
});

t.test("every installed package is known by its SHA-512, from whichever registry it comes", async (t) => {
  t.ok(installed.length > 300);
  t.same(
    installed.filter(
      ([, { integrity, resolved }]) =>
        !/^sha512-[\w+/]{86}==$/.test(integrity ?? "") || resolved !== undefined,
    ),
    [],
  );
});

t.test("allowScripts denies exactly the packages that bring install scripts", async (t) => {
  const bringing = installed.filter(([, each]) => each.hasInstallScript).map(([place]) => nameOf(place));
  t.same(Object.keys(manifest.allowScripts).sort(), [...new Set(bringing)].sort());
  t.same(Object.values(manifest.allowScripts).filter(Boolean), [], "none may run");
});

t.test("no script of a dependency runs where it is installed for others, however old npm is", async (t) => {
  const places = [
    "Dockerfile",
    ".ci/run",
    ...filesIn(".github/workflows"),
    ...filesIn(".github/actions/schemas"),
  ];
  const installs = places.flatMap((place) =>
    [...readFileSync(join(root, place), "utf8").matchAll(/^.*\bnpm (?:ci|install|i)\b.*$/gm)].map(
      ([line]) => line,
    ),
  );
  t.ok(installs.length >= 4, `${installs.length} found`);
  t.same(
    installs.filter((line) => !line.includes("--ignore-scripts")),
    [],
  );
});

function filesIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder)).map((name) => join(folder, name));
}
