import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { UsageError } from "../../workers/_runtime/errors.ts";

/** The registry needs it; Kafka would do with 17. */
const OLDEST = 21;

export interface Java {
  /** Its JAVA_HOME. */
  readonly home: string;
  readonly command: string;
  /** E.g. "25.0.3". */
  readonly version: string;
  readonly major: number;
}

/**
 * Finds a Java of at least 21: JAVA_HOME, PATH, then the newest where systems keep them.
 *
 * @throws {UsageError} If there is none; the message names what was found and the command to get one.
 */
export function findJava(env: NodeJS.ProcessEnv = process.env): Java {
  const seen: Java[] = [];
  for (const homes of [fromEnvironment(env), fromPath(env), fromSystem(env)]) {
    const found = homes.flatMap((home) => inspect(home) ?? []).sort((a, b) => b.major - a.major);
    const fit = found.find(({ major }) => major >= OLDEST);
    if (fit !== undefined) return fit;
    seen.push(...found);
  }
  const old = [...new Set(seen.map(({ version, home }) => `${version} in ${home}`))].join(", ");
  throw new UsageError(
    `Cannot start the local stack: Java ${OLDEST} or newer is missing (found: ${old || "none"}). ${advice()}`,
  );
}

function advice(): string {
  const install =
    process.platform === "darwin"
      ? "brew install openjdk@25"
      : "sudo apt-get install openjdk-25-jdk-headless (or openjdk-21-jdk-headless; Fedora: sudo dnf install java-25-openjdk)";
  return `Get it: ${install}, or set JAVA_HOME to one.`;
}

function fromEnvironment(env: NodeJS.ProcessEnv): string[] {
  const home = env.JAVA_HOME;
  return home === undefined || home === "" ? [] : [home];
}

function fromPath(env: NodeJS.ProcessEnv): string[] {
  return (env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "java"))
    .filter(existsSync)
    .map((command) => dirname(dirname(realpathSync(command))));
}

/** Fixed places, and on macOS what its own finder says; BOXOFFICE_JVMS replaces the places. */
function fromSystem(env: NodeJS.ProcessEnv): string[] {
  const given = env.BOXOFFICE_JVMS;
  const places = given !== undefined ? [given] : ["/usr/lib/jvm", "/Library/Java/JavaVirtualMachines"];
  const homes = places
    .filter(existsSync)
    .flatMap((place) => readdirSync(place).map((name) => join(place, name)))
    .flatMap((home) => [home, join(home, "Contents", "Home")]);
  const finder = "/usr/libexec/java_home";
  if (given === undefined && existsSync(finder)) {
    try {
      homes.push(execFileSync(finder, ["-v", `${OLDEST}+`], { encoding: "utf8" }).trim());
    } catch {
      // It exits with 1 when there is none.
    }
  }
  return homes;
}

/** Reads the `release` file that every JDK has: a hundred times quicker than starting each. */
function inspect(home: string): Java | undefined {
  const command = join(home, "bin", "java");
  const release = join(home, "release");
  if (!existsSync(command)) return undefined;
  const version = existsSync(release)
    ? /^JAVA_VERSION="([^"]+)"/m.exec(readFileSync(release, "utf8"))?.[1]
    : askVersion(command);
  if (version === undefined) return undefined;
  const major = Number(/^(?:1\.)?(\d+)/.exec(version)?.[1]);
  return Number.isNaN(major) ? undefined : { home, command, version, major };
}

function askVersion(command: string): string | undefined {
  // macOS ships a `java` that only says where to get one.
  const { stderr } = spawnSync(command, ["-XshowSettings:properties", "-version"], { encoding: "utf8" });
  return /java\.version = (\S+)/.exec(stderr ?? "")?.[1];
}
