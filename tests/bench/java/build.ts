import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../../../scripts/stack/folders.ts";
import { findJava } from "../../../scripts/stack/java.ts";
import { locked } from "../../../scripts/stack/lock.ts";

const run = promisify(execFile);
const FETCH_MS = 300_000;

/** How a Java contestant is started. */
export interface JavaContestants {
  readonly command: string;
  readonly classPath: string;
}

/**
 * Fetches what the Java contestants need by Maven and compiles them, into the cache unless they are there.
 * @throws {Error} saying what failed: the bench then goes without them.
 */
export async function buildJava(signal: AbortSignal): Promise<JavaContestants> {
  const java = findJava();
  const sources = globSync(join(import.meta.dirname, "src", "*.java")).sort();
  const pom = join(import.meta.dirname, "pom.xml");
  const hash = createHash("sha256").update(java.version);
  for (const file of [pom, ...sources]) hash.update(readFileSync(file));
  const folder = join(cacheFolder(), `bench-${hash.digest("hex").slice(0, 12)}`);
  await locked(`${folder}.lock`, signal, async () => {
    if (existsSync(folder)) return;
    const half = `${folder}.half`;
    await rm(half, { recursive: true, force: true });
    await mkdir(join(half, "classes"), { recursive: true });
    process.stderr.write("fetching and compiling the Java contestants (once) …\n");
    const options = { signal, timeout: FETCH_MS, env: { ...process.env, JAVA_HOME: java.home } };
    await run("mvn", ["-B", "-q", "-f", pom, "process-resources", `-Dtarget=${half}`], options);
    const javac = join(dirname(java.command), "javac");
    const classes = ["-d", join(half, "classes")];
    await run(javac, ["-cp", join(half, "jars", "*"), ...classes, ...sources], options);
    await rename(half, folder);
  });
  const jars = (await readdir(join(folder, "jars"))).map((jar) => join(folder, "jars", jar));
  return { command: java.command, classPath: [join(folder, "classes"), ...jars].join(delimiter) };
}
