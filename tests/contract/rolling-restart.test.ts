import { once } from "node:events";
import t from "tap";
import { fleet, until } from "../_support/fleet.ts";
import { members } from "../_support/members.ts";
import { judge } from "../chaos/verdict.ts";

/** So many at least are sent, however quickly members are replaced. */
const FEWEST = 500;
/** Far more than are sent while members are replaced; only so that a test that hangs ends. */
const MOST = 60_000;

t.test("members replaced one after the other under load lose, repeat and overtake nothing", async (t) => {
  const f = await fleet(t);
  const group = await members(t, f, { workMs: 20, failShare: 0.03 });
  const { source, out, effects } = group;
  const start = async (id: string) => {
    const member = group.start(id);
    await until(t, `'${id}' handles records`, () => effects(id).length > 0);
    return member;
  };

  let sent = 0;
  let rolling = true;
  const load = (async () => {
    while ((rolling || sent < FEWEST) && sent < MOST) {
      await f.send(Array.from({ length: 20 }, () => f.note(source, { key: `k${sent % 150}`, n: sent++ })));
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  })();
  const old = await Promise.all(["a", "b"].map(start));
  for (const [i, member] of old.entries()) {
    const exited = once(member, "exit");
    member.kill("SIGTERM");
    const [code] = await exited;
    t.equal(code, 0, `member ${i} ended well`);
    await start(`replacement ${i}`);
  }
  rolling = false;
  await load;
  await until(t, "all were handled", () => judge(effects(), sent).lost === 0);
  await until(t, "all events are out", async () => (await f.all(out.name)).length >= sent);
  t.same(judge(effects(), sent), { effects: sent, lost: 0, repeated: 0, inversions: 0, overlaps: 0 });
  t.equal((await f.all(out.name)).length, sent, "each event once");
});
