import t from "tap";
import { boxoffice } from "./boxoffice.ts";
import { Bad, farConsole } from "./dlq/far-console.ts";
import { job, LETTER, NOW, plan } from "./dlq/samples.ts";

const PLAN = plan().plan;

t.test("boxoffice jobs list, show and watch tell a job as it stands", async (t) => {
  const running = job({ phase: "sending", endedAt: undefined, sent: 3, processed: 1, underWay: 2 });
  const far = await farConsole(t, {
    "GET /jobs": () => [running, job()],
    [`GET /jobs/${PLAN}`]: (_, times) => (times === 1 ? running : job()),
    "GET /jobs/other": () => new Bad(404, { type: "urn:boxoffice:no-such-job", detail: "No job 'other'" }),
  });
  const jobs = (...words: string[]) => boxoffice(["jobs", ...words, "--remote", far.url]);
  t.equal(JSON.parse((await jobs("list", "--json")).stdout).length, 2);
  t.equal(JSON.parse((await jobs("list", "--json", "--running")).stdout).length, 1);
  t.match(await jobs("show", PLAN), { code: 0, stdout: /sending, started .*2 under way/s });
  const seen = await jobs("watch", PLAN, "--ndjson");
  t.match(seen, { code: 0, stderr: "" });
  t.equal(JSON.parse(seen.stdout).phase, "done");
  t.match(await jobs("watch", "other"), { code: 1, stderr: "boxoffice: No job 'other'\n" });
});

t.test("boxoffice jobs pause, resume, throttle and cancel give orders with a reason", async (t) => {
  const far = await farConsole(t, {
    [`POST /jobs/${PLAN}/orders`]: () => job({ phase: "paused", endedAt: undefined }),
    "POST /jobs/ended/orders": () =>
      new Bad(409, { type: "urn:boxoffice:not-running", detail: "Cannot pause 'ended' as it is done" }),
  });
  const jobs = (...words: string[]) => boxoffice(["jobs", ...words, "--remote", far.url]);
  t.match(await jobs("pause", PLAN), { code: 2, stderr: /Cannot pause a replay without a reason/ });
  t.match(await jobs("throttle", PLAN, "--reason", "r"), { code: 2, stderr: /--rate/ });
  t.match(await jobs("throttle", PLAN, "--rate", "fast", "--reason", "r"), { code: 2, stderr: /e\.g\. 500/ });
  t.match(await jobs("cancel", PLAN, "--reason", "r"), { code: 2, stderr: /say --yes/ });
  t.same(far.asked, []);
  t.match(await jobs("pause", PLAN, "--reason", "r"), { code: 0, stdout: /paused/ });
  await jobs("resume", PLAN, "--reason", "r");
  await jobs("throttle", PLAN, "--rate", "200", "--reason", "r");
  await jobs("throttle", PLAN, "--rate", "none", "--reason", "r");
  await jobs("cancel", PLAN, "--reason", "r", "--yes");
  t.same(
    far.asked.map(([, body]) => body),
    [
      { order: "pause", reason: "r" },
      { order: "resume", reason: "r" },
      { order: "throttle", rate: 200, reason: "r" },
      { order: "throttle", reason: "r" },
      { order: "cancel", reason: "r" },
    ],
  );
  t.match(await jobs("pause", "ended", "--reason", "r"), { code: 1, stderr: /Cannot pause 'ended'/ });
});

t.test("boxoffice jobs results lists what became of each, by result if asked", async (t) => {
  const rows = [
    { letter: LETTER, id: "r-0-1", result: "processed", text: "", time: NOW },
    { letter: "a.b.dlq-0-2", id: "r-0-2", result: "dead again", text: "Permanent: no", time: NOW },
  ];
  const far = await farConsole(t, { [`GET /jobs/${PLAN}/results`]: () => rows });
  const results = (...words: string[]) => boxoffice(["jobs", "results", PLAN, "--remote", far.url, ...words]);
  t.match(await results(), { code: 0, stdout: /1 processed, 1 dead again\n$/ });
  t.same(JSON.parse((await results("--json")).stdout), rows);
  t.same(JSON.parse((await results("--ndjson", "--result", "dead-again")).stdout), rows[1]);
  t.match(await results("--result", "lost"), { code: 2, stderr: /write processed, dead-again, under-way/ });
});
