import t from "tap";
import type { Group } from "../../../../workers/_letters/letter-group.ts";
import { detailOf, JOB, PLAN } from "../memory-desk.ts";
import { openConsole } from "../open-console.ts";
import { follow, openBrowser, openPage } from "./browser.ts";

t.setTimeout(600_000);

/** What a producer, a colleague or a header can hold; each would call back to us if it ever ran. */
const EVIL = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(2)>`,
  `'-alert(3)-'`,
  `</textarea></title></style></script><svg onload=alert(4)>`,
  `javascript:alert(5)`,
  `{{constructor.constructor('alert(6)')()}}`,
  `&lt;script&gt;alert(7)&lt;/script&gt;`,
  `\u202e<iframe srcdoc="<script>alert(8)</script>">`,
].join(" ");

const group: Group = {
  worker: EVIL,
  fingerprint: EVIL,
  topics: [EVIL],
  stage: EVIL,
  error: EVIL,
  reason: EVIL,
  open: 3,
  replaying: 0,
  processed: 0,
  deadAgain: 0,
  discarded: 0,
  sentToSource: 0,
  firstSeen: 0,
  lastSeen: 1,
  trend: [1, 2, 0],
  trendFrom: 0,
  trendUntil: 1000,
  oldestAge: 5,
  retention: 10,
  sample: EVIL,
};

const detail = detailOf({
  worker: EVIL,
  topic: EVIL,
  key: EVIL,
  error: EVIL,
  reason: EVIL,
  stage: EVIL,
  build: EVIL,
  plan: EVIL,
  before: EVIL,
  malformed: EVIL,
  fingerprint: EVIL,
  traceId: EVIL,
  outcome: "open",
  edited: true,
  raw: { key: null, value: Buffer.from(EVIL).toString("base64") },
  headers: [
    { name: EVIL, text: EVIL, value: "", ours: false },
    { name: EVIL, text: undefined, value: EVIL, ours: true },
  ],
  decoded: {
    ok: true,
    record: EVIL,
    schemaId: 1,
    event: { type: EVIL, [EVIL]: { [EVIL]: [EVIL] } },
    masked: [],
  },
  edit: {
    by: EVIL,
    reason: EVIL,
    time: 1,
    decoded: { ok: false, schemaId: 1, error: EVIL, reason: EVIL },
    changes: [{ path: EVIL, before: EVIL, after: { [EVIL]: EVIL } }],
  },
  history: [{ time: 1, what: "discarded", letter: EVIL, by: EVIL, text: EVIL }],
  newer: [{ id: EVIL, time: 1, record: EVIL }],
});

const job = { ...JOB, plan: EVIL, by: EVIL, reason: EVIL, note: EVIL };
const plan = {
  ...PLAN,
  plan: EVIL,
  by: EVIL,
  reason: EVIL,
  filter: { where: EVIL, worker: [EVIL] },
  targets: [{ dlq: EVIL, worker: EVIL, to: EVIL, letters: 2, partitions: [0], otherGroups: [EVIL] }],
  undecodable: [{ reason: EVIL, letters: 1, sample: EVIL }],
  overtaken: { letters: 1, unknown: 0, samples: [EVIL] },
};

t.test("script in payloads, keys, headers, names and reasons is harmless in a browser", async (t) => {
  const browser = await openBrowser(t, "console in a browser, hostile data");
  if (!browser) return;
  const changes = [{ path: EVIL, before: EVIL, after: { a: EVIL } }];
  const { decoded } = detail;
  let running = true;
  const { url } = await openConsole(t, {
    desk: {
      groups: async () => ({ groups: [group], letters: 3, scanned: 3 }),
      list: async () => ({ letters: [detail], next: EVIL }),
      show: async () => detail,
      edit: async () => ({
        letter: EVIL,
        written: false,
        schemaId: 1,
        before: decoded,
        after: decoded,
        changes,
      }),
      discard: async () => ({ done: 1, skipped: [{ why: EVIL, letters: 1, sample: EVIL }] }),
      jobs: async () => [job],
      job: async () => ({ ...job, phase: running ? "sending" : "done" }),
      plans: async () => [plan],
      planOf: async () => plan,
      results: async function* () {
        yield { letter: EVIL, id: EVIL, result: "dead again" as const, text: EVIL, time: 1 };
      },
      audit: async () => [
        { time: 1, by: EVIL, action: "edit", reason: EVIL, plan: EVIL, letter: EVIL, text: EVIL },
      ],
    },
    fleet: {
      workers: [EVIL],
      look: async () => ({
        time: 1,
        silent: [EVIL],
        workers: [
          {
            name: EVIL,
            serves: false,
            members: 1,
            lag: 1,
            waiting: 0,
            perSecond: 1,
            metrics: undefined,
            letters: { open: 1, replaying: 0, oldestAge: 9, retention: 10 },
          },
        ],
      }),
    },
  });
  const { page, trouble } = await openPage(browser, url);
  const evil = encodeURIComponent(EVIL);
  const paths = [
    "/",
    `/letters?where=${evil}&worker=${evil}`,
    `/letters/list?key=${evil}&error=${evil}`,
    `/letters/${evil}`,
    "/plans",
    "/plans/x",
    "/jobs",
    "/jobs/x",
    `/jobs/x/results?result=${evil}`,
    `/audit?by=${evil}`,
    `/letters?since=${evil}`,
    `/nothing/${evil}`,
  ];
  for (const path of paths) {
    await page.goto(url + path);
    t.equal(await page.locator("main script, main img, main iframe, main svg:not(.trend)").count(), 0, path);
    t.same(await page.locator("a[href^='javascript:']").count(), 0, path);
  }
  t.match(
    await (await page.goto(`${url}/letters/x`))?.text(),
    /&lt;script&gt;alert\(1\)/,
    "it is shown, as text",
  );

  await follow(page.getByRole("button", { name: "Edit…" }));
  const typed = await page.getByLabel("Event as JSON").inputValue();
  t.same(JSON.parse(typed), detail.decoded.ok && detail.decoded.event, "the editor holds the very event");
  await page.getByLabel("Reason").fill(EVIL);
  await follow(page.getByRole("button", { name: "Compare" }));
  t.equal(await page.locator("del").count(), 1);
  await follow(page.getByRole("button", { name: "Edit further" }));
  t.equal(await page.getByLabel("Event as JSON").inputValue(), typed);

  await page.goto(`${url}/letters/list?key=${evil}`);
  await page.getByText("Discard", { exact: true }).first().click();
  await page.locator("#discard").getByLabel("Reason").fill(EVIL);
  await page.locator("#discard").getByRole("button").click();
  await page.getByRole("heading", { name: "Discarded 1 letter" }).waitFor();

  // What comes in by polling is parsed and put into the page by the script.
  await page.goto(`${url}/jobs/x`);
  running = false;
  await page.getByRole("status").getByText("done").waitFor();
  t.same(trouble, []);
});
