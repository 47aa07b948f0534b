import t, { type Test } from "tap";
import { boxoffice } from "../boxoffice.ts";
import { type Answers, Bad, type FarConsole, farConsole } from "./far-console.ts";
import { detail, group, job, LETTER, plan, row } from "./samples.ts";

const PLAN = plan().plan;

/** The command at a console far away, without a terminal. */
async function far(t: Test, answers: Answers) {
  const console = await farConsole(t, answers);
  const dlq = (...words: string[]) => boxoffice(["dlq", ...words, "--remote", console.url]);
  return { ...console, dlq };
}

/** The bodies of what was asked of `path`. */
function bodies({ asked }: FarConsole, path: string): unknown[] {
  return asked.filter(([what]) => what.endsWith(path)).map(([, body]) => body);
}

t.test(
  "boxoffice dlq groups prints a table, JSON and NDJSON of the same, with the filter asked",
  async (t) => {
    const groups = { groups: [group(), group({ open: 0, processed: 4 })], letters: 39_004, scanned: 39_004 };
    const at = await far(t, { "POST /letters/groups": () => groups });
    const table = await at.dlq(
      "groups",
      "--worker",
      "payment,expiry",
      "--worker",
      "x",
      "--error",
      "Permanent",
    );
    t.match(table, { code: 0, stderr: "", stdout: /payment +│ 39000 open/ });
    const json = await at.dlq("groups", "--json");
    t.same(JSON.parse(json.stdout), { ...groups, groups: [group()] });
    const lines = await at.dlq("groups", "--ndjson", "--all");
    t.same(
      lines.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
      groups.groups,
    );
    t.same(bodies(at, "groups")[0], {
      filter: { worker: ["payment", "expiry", "x"], error: ["Permanent"], outcomes: "all" },
    });
    t.match(await at.dlq("groups", "--json", "--ndjson"), { code: 2, stderr: /at once: say one of them/ });
    t.match(await at.dlq("groups", "--attempts", "many"), { code: 2, stderr: /write 3, 2\.\./ });
    t.match(await at.dlq("groups", "--as", "ada"), { code: 2, stderr: /Cannot use --as with --remote/ });
  },
);

t.test("boxoffice dlq list pages, show tells a letter that isn't there", async (t) => {
  const at = await far(t, {
    "POST /letters/list": () => ({ letters: [row()], next: "n2" }),
    [`GET /letters/${LETTER}`]: () => detail(),
    "GET /letters/a-0-1": () =>
      new Bad(404, { type: "urn:boxoffice:no-such-letter", detail: "No letter 'a-0-1'" }),
  });
  const listed = await at.dlq("list", "--limit", "1", "--after", "n1", "--outcome", "all");
  t.match(listed, { code: 0, stdout: /--after 'n2'/ });
  t.same(bodies(at, "list"), [{ filter: { outcomes: "all" }, page: { limit: 1, after: "n1" } }]);
  t.match(await at.dlq("list", "--limit", "1001"), { code: 2, stderr: /dlq export takes all/ });
  t.match(await at.dlq("show", LETTER), { code: 0, stdout: /"amount": 5000/ });
  t.match(await at.dlq("show", "a-0-1"), { code: 1, stderr: "boxoffice: No letter 'a-0-1'\n", stdout: "" });
  t.same(JSON.parse((await at.dlq("show", LETTER, "--json")).stdout), JSON.parse(JSON.stringify(detail())));
});

t.test(
  "boxoffice dlq plan wants a reason, prints the page and the next command; 1 when nothing matches",
  async (t) => {
    const at = await far(t, { "POST /plans": (_, times) => (times === 1 ? plan() : plan({ letters: 0 })) });
    t.match(await at.dlq("plan"), { code: 2, stderr: /without a reason: say why with --reason/ });
    t.same(at.asked, []);
    const words = ["--rate", "500", "--attempt-cap", "2", "--limit", "9", "--skip-order-check"];
    const made = await at.dlq("plan", LETTER, ...words, "--reason", " INC-12 ");
    t.match(made, { code: 0, stdout: `Next: npx boxoffice dlq replay --plan ${PLAN} --canary 10 --remote ` });
    t.same(bodies(at, "plans"), [
      {
        filter: { letters: [LETTER] },
        ...{ to: "worker", attemptCap: 2, limit: 9, rate: 500, skipOrderCheck: true, reason: "INC-12" },
      },
    ]);
    t.match(await at.dlq("plan", "--reason", "r"), { code: 1, stdout: /Nothing to replay/ });
    t.match(await at.dlq("plan", "--to", "moon", "--reason", "r"), {
      code: 2,
      stderr: /write worker or source/,
    });
  },
);

t.test("boxoffice dlq replay exits 0 on outcomes only: sent is not processed", async (t) => {
  const last = { ...job(), sent: 5, letters: 5, processed: 5 };
  const phases = [
    { ...last, phase: "sending", endedAt: undefined, processed: 0, sent: 2 },
    { ...last, phase: "awaiting", endedAt: undefined, processed: 4, underWay: 1 },
    last,
  ];
  const at = await far(t, {
    [`GET /plans/${PLAN}`]: () => plan({ letters: 5 }),
    [`POST /plans/${PLAN}/replay`]: () => ({ job: phases[0], started: true }),
    [`GET /jobs/${PLAN}`]: (_, times) => phases[times - 1],
  });
  t.match(await at.dlq("replay", "--plan", PLAN), { code: 2, stderr: /say --yes/ });
  t.same(bodies(at, "replay"), [], "nothing is sent unasked");
  const words = ["--canary", "2", "--rate", "500", "--no-pace", "--stop-on-failure-share", "5%", "--yes"];
  const ended = await at.dlq("replay", "--plan", PLAN, ...words);
  t.match(ended, { code: 0, stdout: /done at/, stderr: /Started.*sending .*awaiting .*1 under way.*done/s });
  t.same(bodies(at, "replay"), [
    { canary: 2, rate: 500, pace: false, stopOnFailureShare: 0.05, reason: plan().reason },
  ]);
  t.equal(at.asked.filter(([what]) => what === `GET /jobs/${PLAN}`).length, 3);
});

t.test("boxoffice dlq replay exits 1 when some are dead again, skipped, stopped; 0 detached", async (t) => {
  let ended = job({ deadAgain: 2, processed: 39_998 });
  const at = await far(t, {
    [`GET /plans/${PLAN}`]: () => plan(),
    [`POST /plans/${PLAN}/replay`]: () => ({ job: job({ phase: "waiting" }), started: false }),
    [`GET /jobs/${PLAN}`]: () => ended,
  });
  const replay = (...words: string[]) => at.dlq("replay", "--plan", PLAN, "--yes", ...words);
  const again = await replay();
  t.match(again, { code: 1, stdout: /2 dead again.*jobs results/s, stderr: /has a job already, by ada/ });
  ended = job({ skipped: 1, sent: 39_999, processed: 39_999 });
  t.match(await replay("--json"), { code: 1 });
  ended = job({ phase: "stopped", note: "2 of 10 dead again" });
  t.match(await replay(), { code: 1, stdout: /note +2 of 10 dead again/ });
  t.match(await replay("--detach"), { code: 0, stdout: /phase +waiting/ });
  t.match(await replay("--detach", "--wait"), { code: 2 });
  t.match(await replay("--other-groups", "x"), { code: 2, stderr: /no other group sees it/ });
});

t.test("boxoffice dlq replay to the source wants every other group named", async (t) => {
  const [target] = plan().targets;
  if (target === undefined) throw new Error("a sample has a target");
  const toSource = plan({ to: "source", targets: [{ ...target, otherGroups: ["settlement", "expiry"] }] });
  const at = await far(t, {
    [`GET /plans/${PLAN}`]: () => toSource,
    [`POST /plans/${PLAN}/replay`]: () => ({ job: job({ processed: 0 }), started: true }),
    [`GET /jobs/${PLAN}`]: () => job({ processed: 0 }),
  });
  const replay = (...words: string[]) => at.dlq("replay", "--plan", PLAN, "--yes", ...words);
  for (const words of [[], ["--other-groups", "expiry"]])
    t.match(await replay(...words), { code: 1, stderr: /name them with --other-groups expiry,settlement/ });
  t.same(bodies(at, "replay"), []);
  t.match(await replay("--other-groups", "expiry,settlement"), { code: 0 });
  t.match(bodies(at, "replay"), [{ otherGroups: ["expiry", "settlement"] }]);
});

t.test("boxoffice dlq discard and restore say how many match, and act on those only", async (t) => {
  const at = await far(t, {
    "POST /letters/groups": (_, times) => ({ groups: [], letters: times === 4 ? 0 : 12, scanned: 20 }),
    "POST /letters/discard": () => ({
      done: 11,
      skipped: [{ why: "it is being replayed", letters: 1, sample: LETTER }],
    }),
    "POST /letters/restore": () => ({ done: 12, skipped: [] }),
    [`GET /plans/${PLAN}`]: () => plan(),
  });
  const before = Date.now();
  t.match(await at.dlq("discard", "--yes", "--reason", "r"), { code: 2, stderr: /or say --all/ });
  t.match(await at.dlq("discard", "--worker", "x", "--yes"), { code: 2, stderr: /without a reason/ });
  t.match(await at.dlq("discard", "--worker", "x", "--reason", "r"), { code: 2, stderr: /say --yes/ });
  t.same(bodies(at, "discard"), []);
  const done = await at.dlq("discard", "--worker", "x", "--reason", "r", "--yes");
  t.match(done, {
    code: 0,
    stderr: /12 letters/,
    stdout: `11 discarded\n1 skipped: it is being replayed (e.g. ${LETTER})`,
  });
  const [asked] = bodies(at, "discard");
  t.match(asked, { which: { filter: { worker: ["x"], outcomes: ["open"], until: Number } }, reason: "r" });
  const { which } = asked as { which: { filter: { until: number } } };
  t.ok(which.filter.until >= before && which.filter.until <= Date.now(), "what dies later is not in it");
  t.match(await at.dlq("restore", LETTER, "--reason", "r", "--yes"), {
    code: 1,
    stderr: /No discarded letter/,
  });
  t.match(await at.dlq("restore", LETTER, "--reason", "r", "--yes", "--json"), {
    code: 0,
    stdout: /"done": 12/,
  });
  t.match(bodies(at, "restore"), [{ which: { filter: { letters: [LETTER], outcomes: ["discarded"] } } }]);
  t.match(await at.dlq("discard", "--plan", PLAN, "--reason", "r", "--yes"), {
    code: 0,
    stderr: /40000 letters/,
  });
  t.match(await at.dlq("discard", "--plan", PLAN, "--key", "k", "--reason", "r", "--yes"), { code: 2 });
});
