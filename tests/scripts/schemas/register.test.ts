import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { cloneProject } from "../../_support/clone.ts";
import type { Repository } from "../../_support/repository.ts";
import { boxoffice } from "../boxoffice.ts";

const SCHEMA_REGISTRY_URL = process.env.SCHEMA_REGISTRY_URL ?? "";
const skip = SCHEMA_REGISTRY_URL === "" && "SCHEMA_REGISTRY_URL is not set";

interface Ended {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** The clone's own program against the shared registry. */
async function inClone({ root }: Repository, ...words: readonly string[]): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, SCHEMA_REGISTRY_URL };
  const command = [join(root, "bin/boxoffice.js"), "schemas", ...words];
  execFile(process.execPath, command, { cwd: root, env }, (error, stdout, stderr) =>
    resolve({ code: error?.code ?? 0, stdout, stderr }),
  );
  return await promise;
}

async function versionsOf(subject: string): Promise<unknown> {
  return await (await fetch(`${SCHEMA_REGISTRY_URL}/subjects/${subject}/versions`)).json();
}

t.test(
  "boxoffice schemas register refuses what check refuses, and drift tells what differs",
  { skip },
  async (t) => {
    t.equal((await boxoffice(["schemas", "register"], { SCHEMA_REGISTRY_URL })).code, 0);
    const repository = cloneProject(t);
    const subject = "reservations-boxoffice.ReservationRequested";
    const before = await versionsOf(subject);

    const same = await inClone(repository, "drift");
    t.equal(same.code, 0, same.stdout + same.stderr);
    t.match(same.stdout, /say the same/);

    const file = "schemas/ReservationRequested.avsc";
    const text = readFileSync(join(repository.root, file), "utf8");
    repository.write(file, text.replace(/\n.*"name": "card".*/, ""));
    repository.commit("no card any more");
    await inClone(repository, "types");
    const refused = await inClone(repository, "register");
    t.equal(refused.code, 1, refused.stderr);
    t.match(
      refused.stderr,
      /^schemas\/ReservationRequested\.avsc:\d+:\d+: error: field 'card' .*\[field-removed\]$/m,
    );
    t.match(refused.stderr, /who: payment /);
    t.match(refused.stderr, /Nothing was registered/);
    t.equal(refused.stdout, "");
    t.same(await versionsOf(subject), before);
    const check = await inClone(repository, "check", "--against", "registry");
    t.equal(check.code, 1);
    const found = (output: string): string[] =>
      output.split("\n").filter((line) => line.includes(": error: "));
    t.same(found(refused.stderr), found(check.stdout), "the same findings");

    repository.write("schemas/schemas.json", {
      compatibility: "FULL_TRANSITIVE",
      subjects: { [subject]: "BACKWARD" },
    });
    const topics = readFileSync(join(repository.root, "schemas/topics.ts"), "utf8");
    repository.write("schemas/topics.ts", topics.replace("records: [Concert]", "records: [HoldDue]"));
    const drift = await inClone(repository, "drift", "--json");
    t.equal(drift.code, 1, drift.stderr);
    t.match(
      JSON.parse(drift.stdout).map(
        (each: { kind: string; subject: string }) => `${each.kind}: ${each.subject}`,
      ),
      [
        "undeclared subject: concerts-boxoffice.Concert",
        "not registered: concerts-boxoffice.HoldDue",
        `not registered: ${subject}`,
        `level: ${subject}`,
      ],
    );
  },
);
