import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { defineWorker, from } from "../../workers/_runtime/mod.ts";
import { fleet, Note, noteTopic, until } from "../_support/fleet.ts";
import { type Effect, judge } from "../chaos/verdict.ts";

/** Far more than are sent while members are replaced; only so that a test that hangs ends. */
const MOST = 60_000;

function effectsIn(folder: string): Effect[] {
  return readdirSync(folder).flatMap((process) =>
    readFileSync(join(folder, process), "utf8")
      .split("\n")
      .filter((line) => line.split(" ").length === 6)
      .map((line) => {
        const [start = "", end = "", id = "", key = "", n = ""] = line.split(" ");
        return { start: BigInt(start), end: BigInt(end), id, key, n: Number(n), process };
      }),
  );
}

t.test("members replaced one after the other under load lose, repeat and overtake nothing", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("in"), 12);
  const out = noteTopic(f.unique("out"), 12);
  const name = f.unique("rolling");
  await f.prepare(
    [source, out],
    [defineWorker({ name, reads: [from(source, Note)], emits: [out], retry: ["1s", "2s"], handle() {} })],
  );
  const folder = mkdtempSync(join(tmpdir(), "boxoffice-test-"));
  const members = new Set<ChildProcess>();
  t.teardown(() => {
    for (const member of members) member.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });
  const start = async (id: string) => {
    const effects = join(folder, id);
    const names = { TOPIC: source.name, OUT: out.name, WORKER: name, EFFECTS: effects, WORK_MS: "20" };
    const member = spawn(process.execPath, [join(import.meta.dirname, "../chaos/member.ts")], {
      env: { ...process.env, ...names, FAIL_SHARE: "0.03" },
      stdio: "ignore",
    });
    members.add(member);
    await until(t, `'${id}' handles records`, () => existsSync(effects) && readFileSync(effects).length > 0);
    return member;
  };

  let sent = 0;
  let rolling = true;
  const load = (async () => {
    while (rolling && sent < MOST) {
      await f.send(Array.from({ length: 20 }, () => f.note(source, { key: `k${sent % 150}`, n: sent++ })));
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  })();
  const old = await Promise.all(["a", "b"].map(start));
  for (const [i, member] of old.entries()) {
    member.kill("SIGTERM");
    const [code] = await once(member, "exit");
    t.equal(code, 0, `member ${i} ended well`);
    await start(`replacement ${i}`);
  }
  rolling = false;
  await load;
  await until(t, "all were handled", () => judge(effectsIn(folder), sent).lost === 0);
  await until(t, "all events are out", async () => (await f.all(out.name)).length >= sent);
  t.ok(sent > 500, `${sent} records`);
  t.same(judge(effectsIn(folder), sent), { effects: sent, lost: 0, repeated: 0, inversions: 0, overlaps: 0 });
  t.equal((await f.all(out.name)).length, sent, "each event once");
});
