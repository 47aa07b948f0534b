import t from "tap";
import { until } from "../../../_support/fleet.ts";
import { detailOf, JOB } from "../memory-desk.ts";
import { openConsole } from "../open-console.ts";
import { follow, openBrowser, openPage, overflows, seriousFindings } from "./browser.ts";

t.setTimeout(600_000);

const GROUP = {
  worker: "billing",
  fingerprint: "0123456789abcdef",
  topics: ["orders"],
  stage: "handle",
  error: "Permanent",
  reason: "the card is not known to the gateway, which says so at some length",
  open: 40_000,
  replaying: 3,
  processed: 2,
  deadAgain: 1,
  discarded: 1,
  sentToSource: 1,
  firstSeen: 0,
  lastSeen: 1,
  trend: [1, 2, 0, 7],
  trendFrom: 0,
  trendUntil: 1000,
  oldestAge: 5,
  retention: 10,
  sample: "orders.billing.dlq-0-7",
};

const worker = {
  name: "billing",
  serves: false,
  members: 1,
  lag: 100_000,
  waiting: 20,
  perSecond: 350.5,
  metrics: { processes: 1, parkedKeys: 3, breaker: 1, haltedPartitions: 1, inFlight: 1 },
  letters: { open: 40_000, replaying: 0, oldestAge: 9, retention: 10 },
};

const PATHS = [
  "/",
  "/letters",
  "/letters/list?worker=billing",
  "/letters/orders.billing.dlq-0-7",
  "/plans",
  "/plans/p",
  "/jobs",
  "/jobs/p",
  "/jobs/p/results",
  "/audit",
  "/signed-out",
  "/letters/none",
];

t.test(
  "every page: axe finds nothing serious, light and dark, and a phone shows it without scrolling sideways",
  async (t) => {
    const browser = await openBrowser(t, "console in a browser, accessibility");
    if (!browser) return;
    const raw = { key: "a2V5", value: Buffer.alloc(5000).toString("base64") };
    const { url } = await openConsole(t, {
      fleet: {
        workers: ["billing", "mailing"],
        look: async () => ({
          time: 1,
          silent: ["http://127.0.0.1:1"],
          workers: [
            worker,
            { ...worker, name: "mailing", members: 0, metrics: undefined, perSecond: undefined },
          ],
        }),
      },
      desk: {
        groups: async () => ({
          groups: [GROUP, { ...GROUP, worker: "mailing" }],
          letters: 80_000,
          scanned: 90_000,
        }),
        show: async () =>
          detailOf({ raw, newer: [{ id: "orders-0-9", time: 1, record: "Order" }], expiresAt: 1 }),
        job: async () => ({ ...JOB, note: "slowed by the workers' lag", allowed: 200 }),
      },
    });
    for (const dark of [false, true]) {
      const { page, trouble } = await openPage(browser, url, { dark });
      for (const path of PATHS) {
        await page.goto(url + path);
        // What is folded away counts, too.
        await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
        t.same(await seriousFindings(page), [], `${path} ${dark ? "dark" : "light"}`);
      }
      t.same(trouble, []);
      await page.context().close();
    }
    const { page } = await openPage(browser, url, { phone: true });
    for (const path of PATHS) {
      await page.goto(url + path);
      t.equal(await overflows(page), false, `${path} on a phone`);
    }
    // What one came for is on the first screen: how many, and the letters themselves.
    await page.goto(`${url}/letters`);
    const { x = 999, width = 0 } = (await page.getByText("40,000").first().boundingBox()) ?? {};
    t.ok(x + width < 390, "the count of a group");
    await page.goto(`${url}/letters/list?worker=billing`);
    const letters = page.getByRole("region", { name: "Letters" });
    t.ok(((await letters.getByRole("link").first().boundingBox())?.y ?? 999) < 600, "the first letter");
  },
);

t.test("everything can be done by keyboard, and without script", async (t) => {
  const browser = await openBrowser(t, "console in a browser, keyboard");
  if (!browser) return;
  const { url, asked } = await openConsole(t, {
    desk: { groups: async () => ({ groups: [GROUP], letters: 1, scanned: 1 }) },
  });
  const { page } = await openPage(browser, url);
  await page.goto(`${url}/letters`);
  await page.keyboard.press("Tab");
  t.equal(await page.locator(":focus").textContent(), "Skip to the content");
  await page.keyboard.press("Enter");
  await page.locator("#main:focus").waitFor();
  for (let tabs = 0; tabs < 40; tabs++) {
    await page.keyboard.press("Tab");
    if ((await page.locator(":focus").textContent()) === "Plan a replay") break;
  }
  await page.keyboard.press("Enter");
  for (let tabs = 0; tabs < 20; tabs++) {
    await page.keyboard.press("Tab");
    if ((await page.locator(":focus").getAttribute("name")) === "reason") break;
  }
  await page.keyboard.type("fixed in 1.2");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Plan plan-1" }).waitFor();
  t.match(asked.find(({ method }) => method === "plan")?.args, [{ reason: "fixed in 1.2" }]);

  const plain = await openPage(browser, url, { script: false });
  await plain.page.goto(`${url}/jobs`);
  t.match(await plain.page.content(), /<meta http-equiv="refresh" content="5">/);
  await plain.page.goto(`${url}/jobs/p`);
  t.notMatch(await plain.page.content(), /http-equiv="refresh"/, "what is being typed isn't taken away");
  await follow(plain.page.getByRole("link", { name: "Load it again" }));
  await plain.page.getByLabel("Reason").fill("too fast");
  await plain.page.getByLabel("For throttle").fill("50");
  await plain.page.getByRole("button", { name: "Throttle" }).click();
  await until(t, "the desk is asked", () => asked.some(({ method }) => method === "control"));
  t.match(asked.find(({ method }) => method === "control")?.args, [
    "p",
    { order: "throttle", rate: 50, reason: "too fast" },
  ]);
});
