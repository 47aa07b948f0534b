import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { typesSource } from "../../../scripts/schemas/types.ts";

const root = resolve(import.meta.dirname, "../../..");
const fixture = join(root, "tests/fixtures/schema-types");

t.test("generated types compile, and say what the runtime's codec really gives", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "boxoffice-types-"));
  t.teardown(() => rmSync(folder, { recursive: true, maxRetries: 3 }));
  const workers = join(folder, "workers");
  cpSync(join(root, "workers/_runtime"), join(workers, "_runtime"), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  mkdirSync(join(folder, "schemas"));
  writeFileSync(join(folder, "schemas/types.ts"), await typesSource(fixture));
  cpSync(join(fixture, "use.ts.txt"), join(folder, "schemas/use.ts"));
  const config = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ ...config, include: ["schemas", "workers"] }),
  );

  const run = promisify(execFile);
  const options = { cwd: folder, env: { PATH: process.env.PATH } };
  // Not bin/tsc: a file without extension is none to the loader that the test runner puts before each process.
  const compiler = join(root, "node_modules/typescript/lib/tsc.js");
  const compiled = await run(process.execPath, [compiler, "-p", "."], options).catch((error) => error);
  t.equal(compiled.stdout, "", "every @ts-expect-error is one, and nothing else");
  t.notOk(compiled instanceof Error, `${compiled.stderr}`);
  const ran = await run(process.execPath, ["schemas/use.ts"], options).catch((error) => error);
  t.equal(ran.stdout, "as typed\n", ran.stderr);
});
