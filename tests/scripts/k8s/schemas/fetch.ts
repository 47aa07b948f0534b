import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../../../../scripts/stack/folders.ts";
import { findJava } from "../../../../scripts/stack/java.ts";
import { locked } from "../../../../scripts/stack/lock.ts";
import { findTool } from "../../../left-out.ts";
import { BUILT_IN, KAFKA_SCALER, MODULES, STRIMZI, STRIMZI_POM } from "./sources.ts";

const run = promisify(execFile);
const FETCH_MS = 300_000;

/** What is needed to fetch the schemas and isn't there, in words; undefined when all is. */
export function missingTool(): string | undefined {
  const missing = ["go", "python3", "mvn"].filter((name) => findTool(name) === undefined);
  if (missing.length === 0) return undefined;
  return `${missing.join(", ")} missing: install Go, Python with pip, and Maven`;
}

/**
 * The folder with the schemas, fetched into the cache unless they are there: `built-in-<version>.json`, definitions of
 * custom kinds as `*.yaml`, and KEDA's `kafka_scaler.go`.
 * @throws {Error} what a package's client said
 */
export async function fetchSchemas(signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256")
    .update(JSON.stringify([BUILT_IN, MODULES, KAFKA_SCALER, STRIMZI]))
    .update(STRIMZI_POM)
    .update(await readFile(import.meta.filename));
  const folder = join(cacheFolder(), `kubernetes-schemas-${hash.digest("hex").slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  await locked(`${folder}.lock`, signal, async () => {
    if (existsSync(folder)) return;
    // Renamed when complete: a half-filled cache is never taken for a whole one.
    const half = `${folder}.half`;
    await rm(half, { recursive: true, force: true });
    await mkdir(half, { recursive: true });
    await Promise.all([fetchBuiltIn(half, signal), fetchModules(half, signal), fetchStrimzi(half, signal)]);
    await rename(half, folder);
  });
  return folder;
}

const EXTRACT = `
import sys, zipfile
wheel, folder, *versions = sys.argv[1:]
with zipfile.ZipFile(wheel) as files:
    for version in versions:
        name = f"kubernetes_validate/kubernetes-json-schema/v{version}.0-local-strict/_definitions.json"
        with open(f"{folder}/built-in-{version}.json", "wb") as out:
            out.write(files.read(name))
`;

async function fetchBuiltIn(folder: string, signal: AbortSignal): Promise<void> {
  const wheels = join(folder, "wheels");
  const options = { signal, timeout: FETCH_MS };
  const download = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"];
  await run("python3", [...download, "--dest", wheels, BUILT_IN.wheel], options);
  const [wheel = ""] = await readdir(wheels);
  await run("python3", ["-c", EXTRACT, join(wheels, wheel), folder, ...BUILT_IN.versions], options);
  await rm(wheels, { recursive: true });
}

async function fetchModules(folder: string, signal: AbortSignal): Promise<void> {
  const fetched = new Map<string, string>();
  for (const [module, below, ...files] of MODULES) {
    // Outside of any module of Go's, in an empty folder.
    const { stdout } = await run("go", ["mod", "download", "-json", module], {
      ...{ cwd: folder, signal, timeout: FETCH_MS, env: { ...process.env, GOFLAGS: "-mod=mod" } },
    });
    const { Dir }: { Dir: string } = JSON.parse(stdout);
    fetched.set(module, Dir);
    for (const file of files) await copyFile(join(Dir, below, file), join(folder, file));
  }
  const [module, scaler] = KAFKA_SCALER;
  await copyFile(join(fetched.get(module) ?? "", scaler), join(folder, basename(scaler)));
}

async function fetchStrimzi(folder: string, signal: AbortSignal): Promise<void> {
  const work = join(folder, "strimzi");
  await mkdir(work);
  await writeFile(join(work, "pom.xml"), STRIMZI_POM);
  const java = findJava();
  const options = { signal, timeout: FETCH_MS, env: { ...process.env, JAVA_HOME: java.home } };
  const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
  const jars = join(work, "jars");
  await run("mvn", ["-q", "-B", "-f", join(work, "pom.xml"), goal, `-DoutputDirectory=${jars}`], options);
  const outputs = Object.entries(STRIMZI.kinds).map(([file, name]) => `${name}=${join(folder, file)}`);
  const versions = [
    "--target-kube",
    `${BUILT_IN.versions[0]}+`,
    "--api-versions",
    "v1",
    "--crd-api-version",
    "v1",
  ];
  const main = ["-cp", join(jars, "*"), "io.strimzi.crdgenerator.CrdGenerator", "--yaml", ...versions];
  await run(java.command, ["-XX:TieredStopAtLevel=1", ...main, ...outputs], options);
  await rm(work, { recursive: true });
}
