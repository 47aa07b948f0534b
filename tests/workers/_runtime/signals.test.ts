import { once } from "node:events";
import t from "tap";
import { fleet, until } from "../../_support/fleet.ts";
import { members } from "../../_support/members.ts";

const RECORDS = 6_000;

t.test("SIGTERM in mid-flight loses and repeats nothing, exits 0, and a successor goes on", async (t) => {
  const f = await fleet(t);
  const { source, out, start, effects } = await members(t, f, { workMs: 40, failShare: 0.02 });
  await f.send(Array.from({ length: RECORDS }, (_, n) => f.note(source, { key: `k${n % 700}`, n })));
  const first = start("first");
  await until(t, "it is in the middle of it", () => effects().length > 1_000);
  first.kill("SIGTERM");
  const [code] = await once(first, "exit");
  t.equal(code, 0);
  const then = effects().length;
  t.ok(then < RECORDS, `${then} were done before`);
  start("second");
  await until(t, "all were handled", () => effects().length >= RECORDS);
  await until(t, "all events are out", async () => (await f.all(out.name)).length >= RECORDS);
  t.equal(new Set(effects().map(({ id }) => id)).size, RECORDS, "nothing lost");
  t.equal(effects().length, RECORDS, "no handler ran twice for a record");
  t.equal((await f.all(out.name)).length, RECORDS, "each event once");
});
