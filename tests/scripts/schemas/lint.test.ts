import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";

const root = resolve(import.meta.dirname, "../../..");
const boxoffice = (...words: string[]) =>
  spawnSync(process.execPath, [join(root, "bin/boxoffice.js"), ...words], { encoding: "utf8", cwd: root });

t.test("schemas lint finds nothing wrong with ours", async (t) => {
  const { status, stdout } = boxoffice("schemas", "lint");
  t.equal(status, 0, stdout);
  t.match(stdout, /^\d+ schemas: 0 errors, 0 warnings\n$/);
});

t.test("schemas lint and diff tell of a field that was spoilt, each in its way", async (t) => {
  const folder = t.testdir();
  cpSync(join(root, "schemas"), join(folder, "schemas"), { recursive: true });
  const file = join(folder, "schemas/Concert.avsc");
  const spoilt = readFileSync(file, "utf8").replace('"name": "currency"', '"name": "Currency_code"');
  writeFileSync(file, spoilt);

  const linted = boxoffice("schemas", "lint", "--root", folder);
  t.match(linted.stdout, /^schemas\/Concert\.avsc:\d+:\d+: \w+: .*Currency_code.*\[naming\]$/m);
  t.equal(linted.status, linted.stdout.includes(": 0 errors") ? 0 : 1);
  const findings = JSON.parse(boxoffice("schemas", "lint", "--json", "--root", folder).stdout);
  t.match(findings, [{ rule: "naming", at: { file: "schemas/Concert.avsc" } }]);

  const words = ["schemas", "diff", "--against", "snapshot", "--root", folder, "--json"];
  const { status, stdout } = boxoffice(...words, "Concert");
  t.equal(status, 0);
  t.match(JSON.parse(stdout), [{ record: "boxoffice.Concert", kind: "changed" }]);
  t.match(stdout, /"of": "Concert\.Currency_code"/);
  t.match(boxoffice(...words, "Nobody"), { status: 2, stderr: /Cannot compare 'Nobody' as neither/ });
});
