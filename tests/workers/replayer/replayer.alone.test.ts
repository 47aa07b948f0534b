import t from "tap";
import { startStack } from "../../../scripts/stack/start.ts";
import { planStore } from "../../../workers/_letters/mod.ts";
import { parseOurs } from "../../../workers/_runtime/headers.ts";
import { connectRedis, defineWorker, from } from "../../../workers/_runtime/mod.ts";
import replayer from "../../../workers/replayer/worker.ts";
import { fleet, Note, noteTopic, until } from "../../_support/fleet.ts";
import { call, everyLetter, hands, keepPlan, letter } from "../../_support/letters.ts";

const LETTERS = 3_000;
/** Letters a second: those that are left would take minutes, however long the machine pauses in between. */
const SLOWLY = 20;

t.setTimeout(610_000);
t.test("the replayer, with a stack of its own", { timeout: 600_000 }, async (t) => {
  const services = ["kafka", "registry", "redis"] as const;
  const stack = await startStack({ services: [...services] }, new AbortController().signal);
  t.teardown(() => stack.stop());

  await t.test(
    "replayer goes on by itself when Redis is emptied in mid-job, and each letter goes once",
    async (t) => {
      const f = await fleet(t, { ...stack.env });
      const source = noteTopic(f.unique("notes"), 2);
      const seen = new Map<number, number>();
      const worker = defineWorker({
        name: f.unique("w"),
        reads: [from(source, Note)],
        handle: ({ n }) => void seen.set(n, (seen.get(n) ?? 0) + 1),
      });
      await f.prepare([source], [worker]);
      const dlq = `${source.name}.${worker.name}.dlq`;
      await f.send(
        Array.from({ length: LETTERS }, (_, n) =>
          letter(f, dlq, f.note(source, { key: `k${n}`, n }), { partition: n % 2, offset: n }),
        ),
      );
      const own = await hands(t, f, planStore);
      const plan = await keepPlan(own, await everyLetter(f, dlq));
      await own.jobs.replay(plan.plan, { reason: "fixed", rate: SLOWLY }, call);
      await f.run(worker);
      const running = await f.run(replayer);
      const job = () => own.jobs.job(plan.plan, call);
      await until(t, "some are sent", async () => (await job()).sent > 50);
      const redis = await connectRedis(f.config.redis.url, { log: f.log });
      t.teardown(() => redis.close());
      await redis.call("FLUSHALL");
      t.equal((await job()).endedAt, undefined, "in mid-job");
      await own.jobs.control(plan.plan, { order: "throttle", rate: undefined, reason: "faster" }, call);
      await until(t, "the job is done", async () => (await job()).phase === "done", 300);
      t.match(await job(), { sent: LETTERS, processed: LETTERS, deadAgain: 0, skipped: 0 });
      const copies = await f.all(`${source.name}.${worker.name}.replay`);
      const letters = new Set(copies.map(({ headers }) => JSON.stringify(parseOurs(headers).letter)));
      t.equal(letters.size, LETTERS);
      t.equal(copies.length, LETTERS, "each once");
      t.equal(seen.size, LETTERS);
      const metrics = await (await fetch(`${running.health.url}/metrics`)).text();
      t.match(metrics, /boxoffice_replay_letters_total\{result="sent",worker="replayer"\} [1-9]/);
      const state = async (name: string) =>
        new RegExp(`boxoffice_replay_jobs\\{state="${name}",worker="replayer"\\} (\\d+)`).exec(
          await (await fetch(`${running.health.url}/metrics`)).text(),
        )?.[1];
      await until(t, "its job is told as done", async () => (await state("done")) === "1");
      t.equal(await state("sending"), "0");
      await until(t, "its queue is empty", async () => {
        const keys = await redis.call("KEYS", "boxoffice:replays:2*");
        return Array.isArray(keys) && keys.length === 0;
      });
      t.equal((await fetch(`${running.health.url}/readyz`)).status, 200);
    },
  );
});
