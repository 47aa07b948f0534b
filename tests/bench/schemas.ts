/**
 * `npm run bench:schemas`: how long `boxoffice schemas check` takes, process start included: 1,000 versions compared
 * transitively (all of one subject, and a hundred each of ten), as a folder and as a git history, and this project.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { tableOf } from "../../scripts/table.ts";
import { machineLine, thisMachine } from "./machine.ts";

const ROUNDS = 5;
const VERSIONS = 1_000;
const FIELDS = 20;

const project = resolve(import.meta.dirname, "../..");
const launcher = join(project, "bin/boxoffice.js");

/** Version `n` of record `R<record>`: as wide as an event, and each version adds a field with a default. */
function schemaText(record: number, n: number): string {
  const fields = Array.from({ length: FIELDS }, (_, index) => ({
    name: `field${index}`,
    type:
      index % 4 === 0 ? ["null", "string"] : index % 4 === 1 ? { type: "array", items: "long" } : "string",
    doc: "One of many.",
    ...(index % 4 === 0 && { default: null }),
  }));
  const added = Array.from({ length: n % 50 }, (_, index) => ({
    ...{ name: `added${index}`, type: "int", default: n - (n % 50), doc: "Came later." },
  }));
  const schema = {
    type: "record",
    name: `R${record}`,
    namespace: "bench",
    doc: `Version ${n}.`,
    fields: [...fields, ...added],
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** A checkout whose newest schemas are compared with `VERSIONS` older ones of `records` records. */
function prepare(folder: string, records: number): { readonly checkout: string; readonly history: string } {
  const [checkout, history] = [join(folder, "checkout"), join(folder, "history")];
  const names = Array.from({ length: records }, (_, record) => `R${record}`);
  const each = VERSIONS / records;
  mkdirSync(join(checkout, "schemas"), { recursive: true });
  const declared = `topic({ name: "bench", records: [${names.join(", ")}] });\n`;
  writeFileSync(join(checkout, "schemas/topics.ts"), declared);
  writeFileSync(join(checkout, "schemas/schemas.json"), '{ "compatibility": "FULL_TRANSITIVE" }\n');
  const commits: string[] = ["reset refs/heads/main\n"];
  for (let n = 0; n < each; n++) {
    const files = names.map((name, record): [string, string] => [
      `schemas/${name}.avsc`,
      schemaText(record, n),
    ]);
    for (const [record, [, text]] of files.entries()) {
      const subject = join(history, `bench-bench.R${record}`);
      mkdirSync(subject, { recursive: true });
      writeFileSync(join(subject, `${n + 1}.avsc`), text);
    }
    commits.push(commit(n, [...files, ["schemas/topics.ts", declared]]));
  }
  for (const [record, name] of names.entries())
    writeFileSync(join(checkout, "schemas", `${name}.avsc`), schemaText(record, each));
  execFileSync("git", ["-C", checkout, "init", "--quiet", "--initial-branch=work"]);
  execFileSync("git", ["-C", checkout, "fast-import", "--quiet"], { input: commits.join("") });
  return { checkout, history };
}

/** In the language of `git fast-import`. */
function commit(n: number, files: readonly (readonly [string, string])[]): string {
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const written = files.map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
  return `commit refs/heads/main\ncommitter Bench <bench@box.example> ${1_700_000_000 + n} +0000\n${data(`Version ${n}`)}${written.join("")}\n`;
}

/** Milliseconds of each round, sorted; the first is not counted. */
function measure(words: readonly string[]): readonly number[] {
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    const { status, stderr, stdout } = spawnSync(process.execPath, [launcher, "schemas", "check", ...words], {
      encoding: "utf8",
      cwd: project,
    });
    if (status !== 0 && status !== 1)
      throw new Error(`schemas check ${words.join(" ")} ended with ${status}: ${stderr}`);
    if (!/^Compared /m.test(stdout))
      throw new Error(`schemas check ${words.join(" ")} compared nothing: ${stdout}`);
    if (round > 0) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

const folder = mkdtempSync(join(tmpdir(), "boxoffice-bench-schemas-"));
try {
  process.stdout.write(`${machineLine(thisMachine())}\n`);
  const rows: (string | number)[][] = [];
  const add = (name: string, goalMs: number, words: readonly string[]): void => {
    const times = measure(words);
    const median = times[Math.floor(times.length / 2)] ?? Number.NaN;
    rows.push([
      name,
      Math.round(times[0] ?? 0),
      Math.round(median),
      Math.round(times.at(-1) ?? 0),
      `${goalMs}${median > goalMs ? " MISSED" : ""}`,
    ]);
  };
  for (const records of [1, 10]) {
    const { checkout, history } = prepare(join(folder, String(records)), records);
    const what = `${VERSIONS} versions of ${records} subject${records === 1 ? "" : "s"}`;
    add(`${what}, folder`, 2_000, ["--root", checkout, "--against", `dir:${history}`]);
    add(`${what}, git history`, 2_000, ["--root", checkout, "--against", "git:main"]);
  }
  add("this project, as in a pull request", 5_000, []);
  process.stdout.write(tableOf(["schemas check", "least ms", "median ms", "most ms", "goal ms"], rows));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
