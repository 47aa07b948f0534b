import { randomUUID } from "node:crypto";
import { Queue } from "bullmq";
import t from "tap";
import { createLog } from "../../../workers/_runtime/log.ts";
import { readConfig } from "../../../workers/_runtime/mod.ts";
import { connectQueues } from "../../../workers/console/queues/connect.ts";
import { openConsole } from "./open-console.ts";

t.test("BullMQ's queues can be looked at, changed by nobody, and need the same sign-in", async (t) => {
  const { url } = readConfig(process.env, ["REDIS_URL"]).redis;
  const prefix = `test-${randomUUID()}`;
  const name = "replays";
  const log = createLog({ level: "silent", worker: "test", build: "test" });
  const { queues, close } = await connectQueues(url, log, [{ name, prefix }]);
  t.teardown(close);
  const own = new Queue(name, { connection: { url }, prefix });
  t.teardown(() => own.close());
  t.teardown(() => own.obliterate({ force: true }));
  await own.add("replay", { plan: "p" }, { jobId: "plan-1", delay: 600_000 });

  const { ask } = await openConsole(t, { queues });
  const listed = await ask("/queues/api/queues");
  t.equal(listed.status, 200);
  t.match(listed.json, { queues: [{ name, counts: { delayed: 1 }, readOnlyMode: true }] });
  for (const [method, path] of [
    ["PUT", `/queues/api/queues/${name}/plan-1/promote`],
    ["PUT", `/queues/api/queues/${name}/plan-1/clean`],
    ["PUT", `/queues/api/queues/${name}/pause`],
    ["POST", `/queues/api/queues/${name}/add`],
  ] as const)
    t.equal((await ask(path, { method })).status, 404, path);
  t.equal(await own.getDelayedCount(), 1);

  const page = await ask("/queues", { headers: { accept: "text/html" } });
  t.equal(page.status, 200);
  t.notMatch(page.text, /https?:/, "nothing from elsewhere");
  t.notMatch(page.headers.get("content-security-policy"), /script-src[^;]*unsafe/);
  for (const [, file = ""] of page.text.matchAll(/(?:src|href)="(static\/[^"]+)"/g))
    t.equal((await ask(`/queues/${file}`)).status, 200, file);
  for (const file of ["../package.json", "..%2f..%2fpackage.json", "js", "__proto__"])
    t.equal((await ask(`/queues/static/${file}`)).status, 404, file);

  const TOKEN = "ada:operator:ada-token-0123456789abcdef";
  const guarded = await openConsole(t, { queues, settings: { CONSOLE_TOKENS: TOKEN } });
  for (const path of ["/queues", "/queues/api/queues", "/queues/static/images/logo.svg"])
    t.equal((await guarded.ask(path)).status, 401, path);
});
