import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import t from "tap";
import { built, call as callPlainly, root, scratchFolder } from "../../_support/executable.ts";
import { leafCommands } from "../../_support/leaf-commands.ts";
import { findTool, leaveOut } from "../../left-out.ts";
import { launch } from "../start/launch.ts";

/** Everything from the one file, in a folder where nothing else of ours lies. */

const REQUESTS = 200;
const ADMIN_TOKEN = "of-this-test-and-nothing-else";
const { executable } = built(t);
const folder = scratchFolder(t);
const called: string[] = [];
/** As everywhere, and it is remembered what was called. */
const call: typeof callPlainly = async (file, args, env) => {
  if (!args.includes("--help")) called.push(`${args.join(" ")} `);
  return await callPlainly(file, args, env);
};
const grandHall = join(root, "scripts/concerts/grand-hall.json");

t.test("boxoffice --version says version, commit and Node", async (t) => {
  const { code, stdout } = await call(executable, ["--version"]);
  t.equal(code, 0);
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  t.match(stdout, new RegExp(`^${version} \\([0-9a-f]{12}[^)]*\\) Node ${process.version}\\n$`));
});

t.test("two builds of one commit are the same, byte for byte", async (t) => {
  const again = built(t);
  t.ok(readFileSync(executable).equals(readFileSync(again.executable)));
  t.ok(readFileSync(again.sbom).includes('"bomFormat": "CycloneDX"'));
});

t.test("every command answers --help from the executable", async (t) => {
  const leaves = await leafCommands();
  t.ok(leaves.length > 40);
  for (const leaf of leaves) {
    const { code, stdout, stderr } = await call(executable, [...leaf.split(" "), "--help"]);
    t.match({ code, stdout, stderr }, { code: 0, stdout: /^Usage: boxoffice /, stderr: "" }, leaf);
  }
});

t.test("commands that need no cluster do their work", async (t) => {
  const at = (name: string) => join(folder, name);
  const fine: readonly (readonly string[])[] = [
    ["workers", "--json"],
    ["config", "--json"],
    ["schemas", "lint", "--root", root],
    ["schemas", "check", "--against", `dir:${root}/schemas`, "--root", root],
    ["schemas", "diff", "--against", `dir:${root}/schemas`, "--root", root],
    // It starts the formatter, which runs on whichever Node is there.
    ["schemas", "types", "--check"],
    ["schemas", "asyncapi", "--check"],
    ["metrics", "--check", "--output", join(root, "docs/metrics.md")],
    ["monitoring", "rules"],
    ["monitoring", "dashboard", "fleet"],
    ["k8s", "generate", at("k8s")],
    ["k8s", "check", "--rules"],
    ["load", "--write", at("requests.ndjson"), "--fans", "50", "--concert", grandHall],
    ["stack", "status", "--state", at("no-stack.json")],
  ];
  for (const args of fine) {
    const { code, stdout, stderr } = await call(executable, args, { BOXOFFICE_PROFILE: "local" });
    // A stack that doesn't run is an answer, too.
    t.equal(code, args[0] === "stack" ? 1 : 0, `${args.join(" ")}: ${stdout}${stderr}`);
  }
  if (findTool("kustomize", "kubectl"))
    t.match(await call(executable, ["k8s", "check", join(root, "k8s/overlays/production")]), { code: 0 });
});

t.test("stack up, env, logs and down from the executable: it holds itself up, and ends", async (t) => {
  const state = ["--state", join(folder, "stack.json")];
  const cache = process.env.BOXOFFICE_CACHE ?? join(root, ".cache");
  const stack = (...args: string[]) =>
    call(executable, ["stack", ...args, ...state], { BOXOFFICE_CACHE: cache });
  t.teardown(async () => void (await callPlainly(executable, ["stack", "down", ...state])));
  t.match(await stack("up", "--detach", "--only", "redis,smtp", "--json"), { code: 0, stdout: /redis/ });
  t.match(await stack("env"), { code: 0, stdout: /^export REDIS_URL='redis:/m });
  t.match(await stack("logs", "smtp"), { code: 0, stdout: /catching mail/ });
  t.match(await stack("down"), { code: 0, stdout: /stopped redis, smtp/ });
  t.match(await stack("status"), { code: 1, stdout: /no stack runs/ });
});

if (process.platform !== "linux")
  leaveOut(t, "the on-sale from the executable", "needs /proc: run it on Linux");
else
  t.test(
    "an on-sale with every worker from the executable, then the operator's commands",
    { timeout: 1_800_000 },
    async (t) => {
      const steps = readFileSync(join(root, "tests/fixtures/on-sale.ndjson"), "utf8").split("\n");
      const requests = join(folder, "on-sale.ndjson");
      writeFileSync(requests, `${steps.slice(0, REQUESTS).join("\n")}\n`);
      const logs = join(folder, "logs");
      const cache = process.env.BOXOFFICE_CACHE ?? join(root, ".cache");
      const { child, until, ended, left, stderr } = launch(
        t,
        ["--requests", requests, "--logs", logs],
        // Long enough for a slow machine to charge: what is refused then is looked at.
        { BOXOFFICE_CACHE: cache, ADMIN_TOKEN, INTAKE_HOLD: "60s" },
        executable,
      );
      await until("running until Ctrl-C");
      const fleet = parseEnv(readFileSync(join(logs, "fleet.env"), "utf8").replaceAll("export ", ""));
      const run = async (...args: string[]) => {
        const { code, stdout, stderr } = await call(executable, args, {
          ...fleet,
          ADMIN_TOKEN,
          BOXOFFICE_OPERATOR: "ann",
          EDITOR: editor,
        });
        t.equal(code, 0, `${args.join(" ")}: ${stderr}${stdout}`);
        return stdout;
      };
      // Puts right what the card's network refuses: any change will do here.
      const editor = join(folder, "editor");
      writeFileSync(editor, `#!/bin/sh\nsed -i 's/"currency": "EUR"/"currency": "USD"/' "$1"\n`);
      chmodSync(editor, 0o755);
      /** As the table of places says. */
      const shown = (what: string) => new RegExp(`${what}\\W+(http\\S+)`).exec(stderr())?.[1] ?? "";
      const why = ["--reason", "proof"];

      t.match(await run("topics", "plan"), /nothing|as declared|up to date|fine/i);
      t.match(await run("concerts", "list"), "Opening Gala");
      t.match(await run("schemas", "drift"), "say the same");
      await run("schemas", "pull", "--output", join(folder, "snapshot.json"));
      const health = shown("payment's metrics").replace(/\/metrics$/, "");
      t.match(await run("partitions", "list", "--url", health, "--json"), "reservations");
      t.match(await run("rebuild", "seats", "--check"), /^equal: /);
      // What dead letters hold expires about now, and its mails are on their way.
      t.match(await run("invariants", "--settle", "60s"), "held");
      const groups: { groups: unknown[] } = JSON.parse(await run("dlq", "groups", "--json"));
      t.ok(groups.groups.length > 0, "something died");
      const list: { letters: { letter: string; error: string }[] } = JSON.parse(
        await run("dlq", "list", "--worker", "payment", "--json"),
      );
      const refused = list.letters.find(({ error }) => error === "Permanent")?.letter ?? "";
      t.match(JSON.parse(await run("dlq", "show", refused, "--json")), {
        letter: refused,
        decoded: { ok: true },
      });
      const edited = JSON.parse(await run("dlq", "edit", refused, ...why, "--yes", "--json"));
      t.match(edited, { written: true });
      const exported = join(folder, "letters.ndjson");
      await run("dlq", "export", refused, "--out", exported);
      t.equal(readFileSync(exported, "utf8").trim().split("\n").length, 1);
      await run("dlq", "discard", refused, ...why, "--yes");
      await run("dlq", "restore", refused, ...why, "--yes");
      const { plan }: { plan: string } = JSON.parse(await run("dlq", "plan", refused, ...why, "--json"));
      const replayed = await call(
        executable,
        ["dlq", "replay", "--plan", plan, ...why, "--yes", "--json"],
        fleet,
      );
      t.ok(
        replayed.code === 0 || replayed.code === 1,
        `an outcome, whichever: ${replayed.stderr}${replayed.stdout}`,
      );
      const watched = await call(executable, ["jobs", "watch", plan, "--json"], fleet);
      t.same([watched.code, JSON.parse(watched.stdout).plan], [replayed.code, plan]);
      t.match(await run("jobs", "show", plan), plan);
      t.match(await run("jobs", "results", plan, "--json"), refused);
      t.match(await run("dlq", "audit", "--json"), plan);
      t.match(await run("dlq", "plans"), plan);
      t.match(await run("jobs", "list", "--json"), plan);
      await run("topics", "apply");
      await run("schemas", "register");
      await run("concerts", "apply", grandHall);
      const refusals: readonly (readonly [number, RegExp, ...string[]])[] = [
        // The very letters are still here.
        [1, /skipped|already/i, "dlq", "import", exported, ...why, "--yes"],
        ...["pause", "resume", "cancel"].map(
          (order) => [1, /has ended/, "jobs", order, plan, ...why, "--yes"] as const,
        ),
        [1, /has ended/, "jobs", "throttle", plan, "--rate", "9", ...why, "--yes"],
        [1, /no address is kept/, "customers", "erase", "nobody-known"],
        [2, /halted/, "partitions", "release", "reservations", "0", "--url", health, "--yes"],
      ];
      for (const [code, says, ...args] of refusals) {
        const refusal = await call(executable, args, { ...fleet, ADMIN_TOKEN, BOXOFFICE_OPERATOR: "ann" });
        t.equal(refusal.code, code, `${args.join(" ")}: ${refusal.stderr}${refusal.stdout}`);
        t.match(`${refusal.stderr}${refusal.stdout}`, says);
      }

      const queues = `${shown("operator's console")}/queues/`;
      const page = await fetch(queues);
      t.equal(page.status, 200, "the pages of BullMQ's queues come from the executable, too");
      const parts = [...(await page.text()).matchAll(/ (?:src|href)="(static\/[^"]+)"/g)].map(
        ([, part = ""]) => part,
      );
      t.ok(parts.length > 2, "scripts, styles, an icon");
      for (const part of parts) {
        const file = await fetch(new URL(part, queues));
        t.ok(file.status === 200 && (await file.bytes()).length > 100, part);
      }

      child.kill("SIGINT");
      t.equal(await ended, 0, stderr());
      t.same(await left(), []);

      const leaves = await leafCommands();
      t.same(
        leaves.filter((leaf) => !called.some((line) => line.startsWith(`${leaf} `))),
        // Started by launch() above, with each worker's run below it; the last two in tests/scripts/k8s/local.alone.test.ts.
        ["start", "run", "catcher", "gateway"],
        "what is new is called from the executable, too",
      );
    },
  );
