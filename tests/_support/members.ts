import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "tap";
import { defineWorker, from } from "../../workers/_runtime/mod.ts";
import type { Effect } from "../chaos/verdict.ts";
import { type Fleet, Note, noteTopic } from "./fleet.ts";

export interface MembersOptions {
  /** How long a handler works on a record. */
  readonly workMs: number;
  /** Share of attempts that fail, 0 to 1. */
  readonly failShare: number;
}

/**
 * Members of one group, each a process of its own that copies a topic of 12 partitions to another and writes down
 * what its handler did. All are killed with the test.
 */
export async function members(t: Test, f: Fleet, { workMs, failShare }: MembersOptions) {
  const source = noteTopic(f.unique("in"), 12);
  const out = noteTopic(f.unique("out"), 12);
  const name = f.unique("members");
  await f.prepare(
    [source, out],
    [defineWorker({ name, reads: [from(source, Note)], emits: [out], retry: ["1s", "2s"], handle() {} })],
  );
  const folder = mkdtempSync(join(tmpdir(), "boxoffice-test-"));
  const running = new Set<ChildProcess>();
  t.teardown(async () => {
    // One that has not ended yet could still make its file in the folder that is removed.
    await Promise.all([...running].map(killed));
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    source,
    out,
    start(id: string): ChildProcess {
      const member = spawn(process.execPath, [join(import.meta.dirname, "../chaos/member.ts")], {
        env: {
          ...process.env,
          ...{ TOPIC: source.name, OUT: out.name, WORKER: name, EFFECTS: join(folder, id) },
          ...{ WORK_MS: String(workMs), FAIL_SHARE: String(failShare) },
        },
        stdio: "ignore",
      });
      running.add(member);
      return member;
    },
    /** What the handlers of one member did so far, or of all. */
    effects: (of?: string): Effect[] =>
      (of === undefined ? readdirSync(folder) : [of]).flatMap((id) => effectsOf(join(folder, id), id)),
  };
}

async function killed(member: ChildProcess): Promise<void> {
  if (member.pid === undefined || member.exitCode !== null || member.signalCode !== null) return;
  const ended = once(member, "exit");
  member.kill("SIGKILL");
  await ended;
}

/** A line that isn't whole yet is left for the next look. */
function effectsOf(file: string, process: string): Effect[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.split(" ").length === 6)
    .map((line) => {
      const [start = "", end = "", id = "", key = "", n = ""] = line.split(" ");
      return { start: BigInt(start), end: BigInt(end), id, key, n: Number(n), process };
    });
}
