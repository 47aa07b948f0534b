import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../../scripts/stack/folders.ts";
import { findJava } from "../../scripts/stack/java.ts";
import { locked } from "../../scripts/stack/lock.ts";
import { type Judge, startJudge } from "./judge.ts";

const run = promisify(execFile);
const FETCH_MS = 300_000;
const SOURCE = join(import.meta.dirname, "java", "Oracle.java");
const POM = join(import.meta.dirname, "java", "pom.xml");

/**
 * Apache Avro's Java, fetched by Maven and compiled into the cache unless it is there.
 * @throws {Error} when Java or Maven is missing, saying which.
 */
export async function startJava(signal: AbortSignal): Promise<Judge> {
  const java = findJava();
  const hash = createHash("sha256").update(java.version);
  for (const file of [POM, SOURCE]) hash.update(readFileSync(file));
  const folder = join(cacheFolder(), `avro-java-${hash.digest("hex").slice(0, 12)}`);
  await locked(`${folder}.lock`, signal, async () => {
    if (existsSync(folder)) return;
    const half = `${folder}.half`;
    await rm(half, { recursive: true, force: true });
    await mkdir(join(half, "classes"), { recursive: true });
    const options = { signal, timeout: FETCH_MS, env: { ...process.env, JAVA_HOME: java.home } };
    await run("mvn", ["-B", "-q", "-f", POM, "process-resources", `-Dtarget=${half}`], options);
    const javac = join(dirname(java.command), "javac");
    await run(javac, ["-cp", join(half, "jars", "*"), "-d", join(half, "classes"), SOURCE], options);
    await rename(half, folder);
  });
  const classPath = [join(folder, "classes"), join(folder, "jars", "*")].join(delimiter);
  const words = ["-XX:+UseSerialGC", "-Xmx512m", "-cp", classPath, "Oracle"];
  return await startJudge("Avro Java", java.command, words);
}
