import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { findJava } from "../../../scripts/stack/java.ts";

const folder = mkdtempSync(join(tmpdir(), "boxoffice-java-"));
t.teardown(() => rmSync(folder, { recursive: true }));

/** A folder that looks like a JDK, as findJava reads it. */
function jdk(place: string, name: string, version: string): string {
  const home = join(folder, place, name);
  mkdirSync(join(home, "bin"), { recursive: true });
  writeFileSync(join(home, "bin", "java"), `#!/bin/sh\necho '    java.version = ${version}' >&2\n`);
  chmodSync(join(home, "bin", "java"), 0o755);
  if (name !== "no-release-file") writeFileSync(join(home, "release"), `JAVA_VERSION="${version}"\n`);
  return home;
}

const old = jdk("jvms", "eight", "1.8.0_402");
const seventeen = jdk("jvms", "seventeen", "17.0.15");
const twentyOne = jdk("apart", "twenty-one", "21.0.2");
const twentyFive = jdk("jvms", "twenty-five", "25.0.3");
const early = jdk("apart", "early", "27-ea");
const silent = jdk("apart", "no-release-file", "22.0.1");
const jvms = join(folder, "jvms");
const empty = join(folder, "nothing");

t.test("findJava() looks in JAVA_HOME, then PATH, then where systems keep them", async (t) => {
  const cases: [string, NodeJS.ProcessEnv, string, number][] = [
    ["JAVA_HOME first", { JAVA_HOME: twentyOne, PATH: `${early}/bin`, BOXOFFICE_JVMS: jvms }, twentyOne, 21],
    ["PATH next", { PATH: `${old}/bin:${early}/bin`, BOXOFFICE_JVMS: jvms }, early, 27],
    ["the system's newest last", { PATH: `${seventeen}/bin`, BOXOFFICE_JVMS: jvms }, twentyFive, 25],
    ["too old a JAVA_HOME is passed over", { JAVA_HOME: old, BOXOFFICE_JVMS: jvms }, twentyFive, 25],
    ["a JAVA_HOME that isn't there too", { JAVA_HOME: empty, BOXOFFICE_JVMS: jvms }, twentyFive, 25],
    ["one without a release file is asked", { JAVA_HOME: silent, BOXOFFICE_JVMS: empty }, silent, 22],
  ];
  for (const [title, env, home, major] of cases) t.match(findJava(env), { home, major }, title);
});

t.test("findJava() throws UsageError that names what it found and how to get one", async (t) => {
  const env = { JAVA_HOME: old, PATH: `${seventeen}/bin`, BOXOFFICE_JVMS: empty };
  t.throws(() => findJava(env), {
    name: "UsageError",
    message: /Java 21 or newer is missing \(found: 1\.8\.0_402 in .*, 17\.0\.15 in .*\)\. Get it: .*install/,
  });
  t.throws(() => findJava({ BOXOFFICE_JVMS: empty }), { message: /\(found: none\)/ });
});
