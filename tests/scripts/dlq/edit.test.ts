import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import t, { type Test } from "tap";
import { boxoffice } from "../boxoffice.ts";
import { Bad, farConsole } from "./far-console.ts";
import { detail, LETTER } from "./samples.ts";

/** A folder with an editor that does what `script` says with the file in "$1", and tells of it in `seen`. */
function editor(t: Test, script: string) {
  const folder = mkdtempSync(join(tmpdir(), "boxoffice-editor-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "editor");
  writeFileSync(
    path,
    `#!/bin/sh\nset -e\nstat -c '%a' "$2" > '${folder}/mode'\ncp "$2" '${folder}/copy'\nmv '${folder}/copy' '${folder}/given'\n${script}\n`,
  );
  chmodSync(path, 0o755);
  const tmp = join(folder, "tmp");
  return {
    env: { EDITOR: `${path} --flag`, TMPDIR: folder, BOXOFFICE_OPERATOR: "" },
    givenPath: join(folder, "given"),
    given: () => readFileSync(join(folder, "given"), "utf8"),
    mode: () => readFileSync(join(folder, "mode"), "utf8").trim(),
    left: () => readdirSync(folder).filter((name) => name.startsWith("boxoffice-edit-")),
    tmp,
  };
}

/** A console whose letter is open; an edit to EUR differs. */
async function consoleWith(t: Test) {
  const far = await farConsole(t, {
    [`GET /letters/${LETTER}`]: () => detail(),
    [`POST /letters/${LETTER}/edit`]: (body) => {
      const { event, dryRun } = body as { event: { currency?: string }; dryRun?: boolean };
      if (event.currency === "LONG")
        return new Bad(422, {
          type: "urn:boxoffice:invalid-edit",
          detail: "Cannot encode 'currency'",
          details: ["currency"],
        });
      const changes =
        event.currency === "XXX" ? [] : [{ path: "currency", before: "XXX", after: event.currency }];
      const { decoded } = detail();
      return { letter: LETTER, written: !dryRun, schemaId: 7, before: decoded, after: decoded, changes };
    },
  });
  const edits = () => far.asked.filter(([what]) => what.startsWith("POST")).map(([, body]) => body);
  const edit = (env: Readonly<Record<string, string>>, ...words: string[]) =>
    boxoffice(["dlq", "edit", LETTER, "--remote", far.url, "--reason", "INC-12", ...words], env);
  return { edit, edits, url: far.url };
}

t.test("boxoffice dlq edit opens $EDITOR on the decoded event, shows the diff, then writes", async (t) => {
  const { edit, edits } = await consoleWith(t);
  const own = editor(t, `sed -i s/XXX/EUR/ "$2"`);
  const ended = await edit(own.env, "--yes");
  t.match(ended, { code: 0, stdout: /Written/, stderr: /currency\n {4}- "XXX"\n {4}\+ "EUR"/ });
  t.same(JSON.parse(own.given()), {
    type: "ReservationRequested",
    amount: 5000,
    currency: "XXX",
    customerId: "•••",
  });
  t.equal(own.mode(), "600", "nobody else reads it");
  t.same(own.left(), [], "the file is gone");
  t.match(edits(), [
    { dryRun: true, event: { currency: "EUR" } },
    { event: { currency: "EUR", customerId: "•••" }, reason: "INC-12" },
  ]);
});

t.test("boxoffice dlq edit writes nothing when nothing changed, or the editor failed", async (t) => {
  const { edit, edits } = await consoleWith(t);
  for (const [script, code, stderr] of [
    ["true", 1, /Nothing changed: nothing was written/],
    [
      `printf '{ "type": "ReservationRequested", "customerId": "•••", "currency": "XXX", "amount": 5000 }' > "$2"`,
      1,
      /Nothing changed/,
    ],
    [`sed -i s/XXX/EUR/ "$2"; exit 3`, 2, /failed \(exit code 3\): nothing was written/],
    [`echo '{' > "$2"`, 2, /Cannot read what .* nothing was written/],
    [`echo '[]' > "$2"`, 2, /no object/],
    [`rm "$2"`, 2, /ENOENT/],
  ] as const) {
    const own = editor(t, script);
    t.match(await edit(own.env, "--yes"), { code, stderr }, script);
    t.same(own.left(), [], "the file is gone");
  }
  t.match(await edit({}, "--yes"), { code: 2, stderr: /neither VISUAL nor EDITOR is set/ });
  t.same(edits(), []);
});

t.test(
  "boxoffice dlq edit opens no editor on a letter that can't be seen, and raw bytes on one that can",
  async (t) => {
    const unread = (error: string, raw: string | undefined) =>
      detail({
        decoded: { ok: false, schemaId: 7, error, reason: `Cannot read it (${error})` },
        raw: raw === undefined ? undefined : { key: null, value: raw },
      });
    for (const [answer, code, stderr] of [
      [unread("CorruptPayload", undefined), 2, /can't be decoded \(Cannot read it .*--personal, or .*--file/],
      [unread("Unavailable", undefined), 3, /Cannot read it \(Unavailable\)/],
      [unread("CorruptPayload", "AAAAAAdB"), 1, /Nothing changed/],
    ] as const) {
      const own = editor(t, "true");
      const far = await farConsole(t, { [`GET /letters/${LETTER}`]: () => answer });
      const ended = await boxoffice(
        ["dlq", "edit", LETTER, "--remote", far.url, "--reason", "r", "--yes"],
        own.env,
      );
      t.match(ended, { code, stderr });
      if (code === 1) t.same(JSON.parse(own.given()), { raw: "AAAAAAdB" });
      else t.throws(own.given, "it was never opened");
    }
  },
);

t.test("boxoffice dlq edit --file takes JSON, says what doesn't fit, asks without --yes", async (t) => {
  const { edit, edits } = await consoleWith(t);
  const folder = mkdtempSync(join(tmpdir(), "boxoffice-edit-file-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "event.json");
  writeFileSync(file, JSON.stringify({ type: "ReservationRequested", currency: "LONG" }));
  t.match(await edit({}, "--file", file, "--yes"), { code: 2, stderr: /Cannot encode 'currency'/ });
  writeFileSync(file, JSON.stringify({ type: "ReservationRequested", currency: "EUR" }));
  const unasked = await edit({}, "--file", file);
  t.match(unasked, { code: 2, stderr: /say --yes/ });
  const dry = await edit({}, "--file", file, "--dry-run", "--json");
  t.match(JSON.parse(dry.stdout), { written: false, changes: [{ path: "currency" }] });
  t.equal(dry.code, 0);
  t.ok(
    edits().every((body) => (body as { dryRun?: boolean }).dryRun),
    "compared only",
  );
  t.match(await edit({}, "--file", file, "--yes"), { code: 0, stdout: /Written/ });
  t.match(await edit({}, "--file", join(folder, "none"), "--yes"), { code: 2, stderr: /ENOENT/ });
});

t.test("boxoffice dlq edit leaves no file behind when the process ends at once", async (t) => {
  const own = editor(t, "exec sleep 30");
  const module = resolve(import.meta.dirname, "../../../scripts/dlq/editor.ts");
  const program = `import { editInEditor } from ${JSON.stringify(module)};
import { existsSync } from "node:fs";
setInterval(() => existsSync(process.env.GIVEN) && process.exit(5), 20);
await editInEditor({ card: "4111" }, "x", new AbortController().signal);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    env: { PATH: process.env.PATH, ...own.env, GIVEN: own.givenPath },
    stdio: "ignore",
  });
  t.same(await once(child, "exit"), [5, null]);
  t.match(own.given(), "4111", "it was there");
  t.same(own.left(), [], "the file is gone");
});
