import t from "tap";
import { Refused } from "../../../../workers/_letters/failures.ts";
import { PLAN } from "../memory-desk.ts";
import { csrfOf, type OpenConsole, openConsole } from "../open-console.ts";

const html = { accept: "text/html" };

async function tokenOf({ ask }: OpenConsole): Promise<string> {
  return csrfOf((await ask("/letters/list", { headers: html })).text);
}

t.test("the plan form asks the desk what it says and leads to the plan", async (t) => {
  const open = await openConsole(t);
  const csrf = await tokenOf(open);
  const filter = { worker: ["billing"], outcomes: "all" };
  const form = {
    csrf,
    filter: JSON.stringify(filter),
    to: "source",
    limit: "10",
    attemptCap: "3",
    rate: "2.5",
    skipOrderCheck: "yes",
    reason: " fixed ",
  };
  const answer = await open.ask("/plans", { form });
  t.equal(answer.status, 303);
  t.equal(answer.headers.get("location"), "/plans/plan-1");
  const asked = open.asked.find(({ method }) => method === "plan");
  t.same(asked?.args, [
    { filter, to: "source", limit: 10, attemptCap: 3, rate: 2.5, skipOrderCheck: true, reason: "fixed" },
  ]);
  const least = await open.ask("/plans", { form: { csrf, filter: "{}", limit: "", reason: "r" } });
  t.equal(least.status, 303);
  t.same(open.asked.at(-1)?.args, [{ filter: {}, reason: "r" }]);
});

t.test(
  "the replay form agrees to each group by name, gives shares for per cents, and leads to the job",
  async (t) => {
    const targets = PLAN.targets.map((target) => ({ ...target, otherGroups: ["mailing", "audit"] }));
    const none = async () => {
      throw new Refused("no-such-job", "There is none");
    };
    const open = await openConsole(t, {
      desk: { planOf: async () => ({ ...PLAN, to: "source", targets }), job: none },
    });
    const page = await open.ask("/plans/plan-1", { headers: html });
    t.match(page.text, /mailing will see these records, too/);
    const csrf = csrfOf(page.text);
    const form = {
      csrf,
      canary: "2",
      rate: "",
      stopPercent: "25",
      "otherGroup.0": "mailing",
      "otherGroup.1": "audit",
      reason: "r",
    };
    const answer = await open.ask("/plans/plan-1/replay", { form });
    t.equal(answer.headers.get("location"), "/jobs/plan-1");
    t.same(open.asked.at(-1)?.args, [
      "plan-1",
      { reason: "r", pace: false, canary: 2, stopOnFailureShare: 0.25, otherGroups: ["mailing", "audit"] },
    ]);
  },
);

t.test("a form that isn't filled in right is answered by what is wrong, and reaches no desk", async (t) => {
  const open = await openConsole(t);
  const csrf = await tokenOf(open);
  open.asked.length = 0;
  for (const [path, form, why] of [
    ["/plans", { filter: "{}" }, /reason/],
    ["/plans", { filter: "nonsense", reason: "r" }, /open the page again/],
    ["/plans", { filter: '{"worker":1}', reason: "r" }, /open the page again/],
    ["/plans", { filter: "{}", reason: "r", limit: "some" }, /limit/],
    ["/jobs/p/orders", { order: "explode", reason: "r" }, /order/],
    ["/jobs/p/orders", { order: "throttle", rate: "-1", reason: "r" }, /rate/],
    ["/letters/discard", { filter: "{}", everything: "yes", reason: "  " }, /reason/],
  ] as const) {
    const answer = await open.ask(path, { form: { csrf, ...form }, headers: html });
    t.equal(answer.status, 400, JSON.stringify(form));
    t.match(answer.text, why);
  }
  t.same(open.asked, []);
});

t.test("orders, discard and restore ask the desk what they say", async (t) => {
  const open = await openConsole(t);
  const csrf = await tokenOf(open);
  const order = async (form: Readonly<Record<string, string>>) => {
    await open.ask("/jobs/p/orders", { form: { csrf, reason: "r", ...form } });
    return open.asked.at(-1)?.args;
  };
  t.same(await order({ order: "pause", rate: "7" }), ["p", { order: "pause", reason: "r" }]);
  t.same(await order({ order: "throttle", rate: "7" }), ["p", { order: "throttle", rate: 7, reason: "r" }]);
  t.same(await order({ order: "throttle", rate: "" }), [
    "p",
    { order: "throttle", rate: undefined, reason: "r" },
  ]);
  const page = await open.ask("/letters/restore", { form: { csrf, filter: '{"key":["k"]}', reason: "r" } });
  t.match(page.text, /Restored 1 letter[\s\S]*not open/);
  t.same(open.asked.at(-1)?.args, [{ filter: { key: ["k"], outcomes: ["discarded"] } }, { reason: "r" }]);
});

t.test(
  "a discard takes what its page showed: nothing later, and everything only when that is said",
  async (t) => {
    const open = await openConsole(t);
    const csrf = await tokenOf(open);
    const began = Date.now();
    const { text } = await open.ask("/letters/list?key=k", { headers: html });
    const shown = Number(/name="shown" value="(\d+)"/.exec(text)?.[1]);
    t.ok(shown >= began && shown <= Date.now(), "the page says when it was made");
    const discard = async (filter: object, more: Readonly<Record<string, string>> = {}) => {
      const form = { csrf, reason: "r", filter: JSON.stringify(filter), shown: String(shown), ...more };
      return await open.ask("/letters/discard", { form });
    };
    const discarded = () =>
      open.asked.filter(({ method }) => method === "discard").map(({ args }) => args[0]);
    await discard({ key: ["k"] });
    await discard({ key: ["k"], until: 5 });
    t.same(discarded(), [{ filter: { key: ["k"], until: shown } }, { filter: { key: ["k"], until: 5 } }]);
    for (const filter of [{}, { outcomes: "all" }]) {
      const refused = await discard(filter);
      t.equal(refused.status, 400);
      t.match(refused.text, /Cannot discard every dead letter unasked/);
    }
    t.equal(discarded().length, 2);
    await discard({}, { everything: "yes" });
    t.same(discarded().at(-1), { filter: { until: shown } });
    const page = await open.ask("/letters/list", { headers: html });
    t.match(page.text, /name="everything" value="yes" required/, "the page asks for it");
    t.notMatch(text, /name="everything"/, "a filter is narrow enough");
  },
);

t.test("letters can be exported from a page, by those who may see personal fields", async (t) => {
  const tokens = `ada:viewer+personal:${"a".repeat(24)},bob:operator:${"b".repeat(24)}`;
  const open = await openConsole(t, { settings: { CONSOLE_TOKENS: tokens } });
  const as = (name: string) => ({ ...html, authorization: `Bearer ${name.repeat(24)}` });
  const { text } = await open.ask("/letters/list?key=k", { headers: as("a") });
  const form = { csrf: csrfOf(text), filter: /name="filter" value="([^"]+)"/.exec(text)?.[1] ?? "" };
  const sent = { ...form, filter: form.filter.replaceAll("&quot;", '"') };
  const answer = await open.ask("/letters/export", { headers: as("a"), form: sent });
  t.equal(answer.status, 200);
  t.match(answer.headers.get("content-disposition"), /^attachment; filename="letters-[\dTZ-]+\.ndjson"$/);
  t.match(JSON.parse(answer.text), { boxoffice: 1, value: "AAEC" });
  t.same(open.asked.at(-1), { method: "export", by: "ada", args: [{ key: ["k"] }] });
  const bob = await open.ask("/letters/list?key=k", { headers: as("b") });
  t.notMatch(bob.text, /letters\/export/, "not offered to others");
  const refused = { ...sent, csrf: csrfOf(bob.text) };
  t.equal((await open.ask("/letters/export", { headers: as("b"), form: refused })).status, 403);
  const forged = { ...sent, csrf: "" };
  t.equal((await open.ask("/letters/export", { headers: as("a"), form: forged })).status, 403);
});

t.test("the filter's form keeps what its fields can't show", async (t) => {
  const { ask } = await openConsole(t);
  const filter = "worker=billing&worker=mailing&key=a&key=b&letters=x-0-1&outcomes=open&outcomes=discarded";
  const { text } = await ask(`/letters/list?${filter}`, { headers: html });
  for (const [name, value] of [
    ["worker", "mailing"],
    ["key", "b"],
    ["letters", "x-0-1"],
    ["outcomes", "discarded"],
  ])
    t.match(text, `<input type="hidden" name="${name}" value="${value}">`);
  t.notMatch(text, '<input type="hidden" name="key" value="a">');
});

t.test("pages of what isn't there say so, with the status", async (t) => {
  const { ask } = await openConsole(t);
  const answer = await ask("/letters/none", { headers: html });
  t.equal(answer.status, 404);
  t.match(answer.text, /<h1>There is no such letter<\/h1>[\s\S]*There is no letter &#39;none&#39;/);
});

t.test("style and script are kept for ever under names of their own", async (t) => {
  const { ask } = await openConsole(t);
  const { text } = await ask("/letters/list", { headers: html });
  for (const pattern of [/href="(\/assets\/[^"]+\.css)"/, /src="(\/assets\/[^"]+\.js)"/]) {
    const answer = await ask(pattern.exec(text)?.[1] ?? "");
    t.equal(answer.status, 200);
    t.match(answer.headers.get("cache-control"), /immutable/);
    t.notMatch(answer.text, /https?:|@import|url\(/, "nothing from elsewhere");
  }
});
