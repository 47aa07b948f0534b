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
  const first = await boxoffice(["schemas", "register", "--yes"], { CI: "true" });
  t.equal(first.code, 0, first.stderr);
  for (const { subject } of subjects()) t.match(first.stdout, subject);
  const again = await boxoffice(["schemas", "register", "--json"], { CI: "" });
  t.equal(again.code, 0, again.stderr);
  const results: { action: string; id: number; level: string }[] = JSON.parse(again.stdout);
  t.equal(results.length, subjects().length);
  for (const { action, id, level } of results) {
    t.equal(action, "unchanged");
    t.ok(id > 0);
    t.equal(level, "FULL_TRANSITIVE");
  }
  const dry = await boxoffice(["schemas", "register"], { CI: "true" });
  t.equal(dry.code, 0, "a dry run that finds nothing to do");
  t.match(dry.stderr, /A dry run, as CI is set: say --yes/);
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
    [["check", "--against", "somewhere"], {}, 2, /Cannot compare with 'somewhere'/],
    [["check", "--format", "xml"], {}, 2, /Allowed choices are text, json/],
    [["check", "--output", "x"], {}, 2, /Say --format before it/],
    [["check", "--format", "text", "--format", "json"], {}, 2, /Cannot print text and json at once/],
    [["check", "--against", "git:no-such-ref"], {}, 3, /no such commit/],
    [["check", "--against", "dir:/no/such/folder"], {}, 3, /no such folder/],
    [
      ["check", "--against", "registry"],
      { SCHEMA_REGISTRY_URL: "http://registry.invalid" },
      3,
      /Cannot reach/,
    ],
    [["check", "--root", "/no/such/folder", "--against", "git:x"], {}, 2, /Cannot find schemas/],
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
