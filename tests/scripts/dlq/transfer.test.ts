import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { boxoffice } from "../boxoffice.ts";
import { Bad, farConsole } from "./far-console.ts";

const place = { cluster: "c1", topic: "orders.billing.dlq", partition: 0, timestamp: 5 };
const letters = [0, 1, 2].map((offset) => ({
  ...{ boxoffice: 1, ...place, offset, key: offset === 0 ? null : "aw==", value: "AAE=" },
  headers: [["a", null]],
}));

function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "boxoffice-transfer-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

t.test("boxoffice dlq export writes NDJSON on stdout, or a whole file or none", async (t) => {
  let answer: unknown = letters;
  const far = await farConsole(t, { "POST /letters/export": () => answer });
  const run = (...words: string[]) => boxoffice(["dlq", "export", ...words, "--remote", far.url]);
  const out = await run("--worker", "billing");
  t.equal(out.stdout, letters.map((letter) => `${JSON.stringify(letter)}\n`).join(""));
  t.match(out, { code: 0, stderr: "3 letters exported\n" });
  t.same(far.asked[0], ["POST /letters/export", { filter: { worker: ["billing"] } }]);
  const folder = folderOf(t);
  const file = join(folder, "letters.ndjson");
  t.match(await run("--out", file), { code: 0, stdout: "" });
  t.equal(readFileSync(file, "utf8"), out.stdout);
  t.equal(statSync(file).mode & 0o777, 0o600, "personal data is nobody else's business");
  answer = new Bad(503, { detail: "Kafka is away" });
  t.match(await run("--out", join(folder, "other")), { code: 3, stderr: /Kafka is away/ });
  t.same(readdirSync(folder), ["letters.ndjson"], "no half export is left");
  t.match(await run("--out", join(folder, "none", "x")), { code: 2, stderr: /Cannot write .*ENOENT/ });
});

t.test("boxoffice dlq import reads and checks everything before it writes anything", async (t) => {
  const far = await farConsole(t, {
    "POST /letters/import": () => ({
      done: 2,
      skipped: [{ why: "it is here already", letters: 1, sample: "x" }],
    }),
  });
  const run = (...words: string[]) =>
    boxoffice(["dlq", "import", ...words, "--remote", far.url, "--reason", "INC-12"]);
  const folder = folderOf(t);
  const file = join(folder, "letters.ndjson");
  const text = letters.map((letter) => `${JSON.stringify(letter)}\n`).join("");
  writeFileSync(file, `${text}{"boxoffice":1}\n`);
  t.match(await run(file, "--yes"), { code: 2, stderr: /nothing was written:\nline 4: 'cluster'/ });
  writeFileSync(file, text);
  t.match(await run(file), { code: 2, stderr: /Import 3 letters of cluster c1\?' as there is no terminal/ });
  t.same(far.asked, []);
  const done = await run(file, "--yes");
  t.match(done, { code: 0, stdout: "2 imported\n1 skipped: it is here already (e.g. x)\n" });
  const sent = String(far.asked[0]?.[1]).trim().split("\n");
  t.same(
    sent.map((line) => JSON.parse(line)),
    letters,
  );
  t.match(await run("--yes"), { code: 1, stderr: /the input is empty/ }, "stdin");
});
