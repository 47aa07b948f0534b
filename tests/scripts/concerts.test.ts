import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { concerts } from "../../schemas/topics.ts";
import { fleet } from "../_support/fleet.ts";

const folder = mkdtempSync(join(tmpdir(), "concerts-"));
t.teardown(() => rmSync(folder, { recursive: true }));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function boxoffice(...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["bin/boxoffice.js", ...args], (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

function concertFile(concertId: string, price: number): string {
  const file = join(folder, `${randomUUID()}.json`);
  const concert = {
    concertId,
    name: "Gala",
    hall: "Hall",
    currency: "EUR",
    startsAt: "2035-06-01T19:30:00Z",
    cutOffAt: "2035-06-01T12:00:00Z",
    rows: [{ name: "A", seats: 10, price }],
  };
  writeFileSync(file, JSON.stringify(concert));
  return file;
}

t.test("concerts apply publishes what is new or changed, once; concerts list shows it", async (t) => {
  const own = await fleet(t);
  await own.prepare([concerts], []);
  const concertId = own.unique("gala");
  const keyed = async () => (await own.all("concerts")).filter(({ key }) => key?.toString() === concertId);

  const dry = await boxoffice("concerts", "apply", concertFile(concertId, 5_000), "--dry-run", "--json");
  t.equal(dry.code, 1, dry.stderr);
  t.same(JSON.parse(dry.stdout), [{ concertId, change: "new", fields: [] }]);
  t.equal((await keyed()).length, 0);

  const first = await boxoffice("concerts", "apply", concertFile(concertId, 5_000), "--json");
  t.equal(first.code, 0, first.stderr);
  t.same(JSON.parse(first.stdout), [{ concertId, change: "new", fields: [] }]);
  const again = await boxoffice("concerts", "apply", concertFile(concertId, 5_000));
  t.equal(again.code, 0, again.stderr);
  t.match(again.stdout, /unchanged/);
  t.equal((await keyed()).length, 1);
  t.equal((await boxoffice("concerts", "apply", concertFile(concertId, 5_000), "--dry-run")).code, 0);

  const changed = await boxoffice("concerts", "apply", concertFile(concertId, 6_000), "--json");
  t.same(JSON.parse(changed.stdout), [{ concertId, change: "changed", fields: ["rows"] }]);
  t.equal((await keyed()).length, 2);

  const listed = await boxoffice("concerts", "list", "--json");
  t.equal(listed.code, 0, listed.stderr);
  const mine = JSON.parse(listed.stdout).filter((one: { concertId: string }) => one.concertId === concertId);
  t.match(mine, [{ concertId, name: "Gala", rows: [{ name: "A", seats: 10, price: 6_000 }] }]);
  t.match((await boxoffice("concerts", "list")).stdout, concertId);
});

t.test("concerts apply exits 2 for a file it can't use, naming every error", async (t) => {
  const file = join(folder, "bad.json");
  writeFileSync(file, JSON.stringify({ concertId: "No", rows: [] }));
  const { code, stderr } = await boxoffice("concerts", "apply", file);
  t.equal(code, 2);
  for (const place of ["concertId: ", "name: ", "rows: "]) t.match(stderr, place);
});
