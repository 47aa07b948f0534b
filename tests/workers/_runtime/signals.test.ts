import { once } from "node:events";
import t from "tap";
import { fleet, until } from "../../_support/fleet.ts";
import { members } from "../../_support/members.ts";

t.test("SIGTERM in mid-flight loses and repeats nothing, exits 0, and a successor goes on", async (t) => {
  const f = await fleet(t);
  const { source, out, start, effects } = await members(t, f, { workMs: 40, failShare: 0.02 });
  let sent = 0;
  const send = async (count: number) => {
    await f.send(Array.from({ length: count }, () => f.note(source, { key: `k${sent % 700}`, n: sent++ })));
  };
  await send(4_000);
  const first = start("first");
  await until(t, "it is in the middle of it", () => effects().length > 1_000);
  // However quick it is: there is something to do before, at and after the signal.
  let rolling = true;
  const load = (async () => {
    while (rolling) {
      await send(100);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const exited = once(first, "exit");
  first.kill("SIGTERM");
  const [code] = await exited;
  t.equal(code, 0);
  rolling = false;
  await load;
  await send(1_000);
  start("second");
  await until(t, "all were handled", () => effects().length >= sent);
  await until(t, "all events are out", async () => (await f.all(out.name)).length >= sent);
  t.equal(new Set(effects().map(({ id }) => id)).size, sent, "nothing lost");
  t.equal(effects().length, sent, "no handler ran twice for a record");
  t.equal((await f.all(out.name)).length, sent, "each event once");
});
