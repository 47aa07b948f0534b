import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { defineWorker, from } from "../../../workers/_runtime/mod.ts";
import { fleet, Note, noteTopic, until } from "../../_support/fleet.ts";

t.test("SIGTERM in mid-flight loses and repeats nothing, exits 0, and a successor goes on", async (t) => {
  const f = await fleet(t);
  const source = noteTopic(f.unique("in"), 12);
  const out = noteTopic(f.unique("out"), 12);
  const name = f.unique("term");
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
  const start = (id: string) => {
    const env = {
      ...process.env,
      TOPIC: source.name,
      OUT: out.name,
      WORKER: name,
      EFFECTS: join(folder, id),
      WORK_MS: "40",
      FAIL_SHARE: "0.02",
    };
    const member = spawn(process.execPath, [join(import.meta.dirname, "../../chaos/member.ts")], {
      env,
      stdio: "ignore",
    });
    members.add(member);
    return member;
  };
  const effects = () =>
    readdirSync(folder).flatMap((file) =>
      readFileSync(join(folder, file), "utf8")
        .split("\n")
        .filter((line) => line !== ""),
    );
  await f.send(Array.from({ length: 6_000 }, (_, n) => f.note(source, { key: `k${n % 700}`, n })));
  const first = start("first");
  await until(t, "it is in the middle of it", () => effects().length > 1_000);
  const exit = new Promise<number | null>((resolve) => first.once("exit", resolve));
  first.kill("SIGTERM");
  t.equal(await exit, 0);
  const then = effects().length;
  t.ok(then < 6_000, `${then} were done before`);
  start("second");
  await until(t, "all were handled", () => effects().length >= 6_000);
  await until(t, "all events are out", async () => (await f.all(out.name)).length >= 6_000);
  t.equal(new Set(effects().map((line) => line.split(" ")[2])).size, 6_000, "nothing lost");
  t.equal(effects().length, 6_000, "no handler ran twice for a record");
  t.equal((await f.all(out.name)).length, 6_000, "each event once");
});
