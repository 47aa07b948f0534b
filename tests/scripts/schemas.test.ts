import { execFile } from "node:child_process";
import { resolve } from "node:path";
import t from "tap";
import { subjects } from "../../scripts/schemas/register.ts";

const bin = resolve(import.meta.dirname, "../../bin/boxoffice.js");
const url = process.env.SCHEMA_REGISTRY_URL ?? "";

interface Ended {
  readonly code: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

function boxoffice(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  execFile(process.execPath, [bin, ...args], { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
    resolve({ code: error?.code ?? 0, stdout, stderr });
  });
  return promise;
}

t.test("boxoffice schemas register", { skip: url === "" && "SCHEMA_REGISTRY_URL is not set" }, async (t) => {
  const first = await boxoffice(["schemas", "register"]);
  t.equal(first.code, 0, first.stderr);
  for (const { subject } of subjects()) t.match(first.stdout, subject);
  const again = await boxoffice(["schemas", "register", "--json"]);
  t.equal(again.code, 0, again.stderr);
  const results: { action: string; id: number; level: string }[] = JSON.parse(again.stdout);
  t.equal(results.length, subjects().length);
  for (const { action, id, level } of results) {
    t.equal(action, "unchanged");
    t.ok(id > 0);
    t.equal(level, "FULL_TRANSITIVE");
  }
  t.equal((await boxoffice(["schemas", "register", "--dry-run"])).code, 0);
  const other = await boxoffice(["schemas", "register", "--dry-run", "--level", "FULL"]);
  t.equal(other.code, 1);
  t.match(other.stdout, /FULL_TRANSITIVE -> FULL .* level to be set/);
});

t.test("boxoffice schemas says by its exit code what was wrong", async (t) => {
  const cases: readonly (readonly [readonly string[], Readonly<Record<string, string>>, number, RegExp])[] = [
    [
      ["register"],
      { SCHEMA_REGISTRY_URL: "http://registry.invalid" },
      3,
      /Cannot reach the schema registry at registry\.invalid/,
    ],
    [["register"], { SCHEMA_REGISTRY_URL: "registry" }, 2, /Cannot use SCHEMA_REGISTRY_URL/],
    [["register", "--level", "SOME"], {}, 2, /Allowed choices are BACKWARD/],
    [["types", "--check"], {}, 0, /schemas\/types\.ts is up to date/],
    [["nothing"], {}, 2, /unknown command/],
  ];
  const ended = await Promise.all(cases.map(([args, env]) => boxoffice(["schemas", ...args], env)));
  for (const [index, [args, , code, message]] of cases.entries()) {
    t.equal(ended[index]?.code, code, args.join(" "));
    t.match(ended[index]?.stderr, message);
    t.notMatch(ended[index]?.stderr, /a bug/);
  }
});
