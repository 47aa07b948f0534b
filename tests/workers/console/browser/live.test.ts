import t from "tap";
import { until } from "../../../_support/fleet.ts";
import { openConsole } from "../open-console.ts";
import { openBrowser, openPage } from "./browser.ts";

t.setTimeout(600_000);

const WORKER = {
  name: "billing",
  serves: false,
  members: 1,
  lag: 0,
  waiting: 20,
  perSecond: 350.5,
  metrics: undefined,
  letters: { open: 40_000, replaying: 0, oldestAge: 9, retention: 10 },
};

/** A console whose lag is another at each look. */
async function openLive(t: Parameters<typeof openConsole>[0]) {
  let looks = 0;
  const look = async () => {
    looks += 1;
    return {
      time: looks,
      silent: [],
      workers: [
        { ...WORKER, lag: looks },
        { ...WORKER, name: "mailing" },
      ],
    };
  };
  return await openConsole(t, { fleet: { workers: ["billing"], look } });
}

t.test("a live page renews itself under who reads it: focus and places scrolled to stay", async (t) => {
  const browser = await openBrowser(t, "console in a browser, live pages");
  if (!browser) return;
  const { url } = await openLive(t);
  const { page, trouble } = await openPage(browser, url, { phone: true });
  await page.goto(url);
  const lag = page
    .getByRole("row", { name: /billing/ })
    .locator("td")
    .nth(2);
  const scrolled = () => page.evaluate("document.querySelector('#glance .scroll').scrollLeft");
  await page
    .getByRole("row", { name: /mailing/ })
    .getByRole("link")
    .focus();
  const place = await scrolled();
  t.ok(Number(place) > 100, "the column is beyond a phone's edge");
  const before = Number(await lag.textContent());
  // Whoever looks seldom doesn't see every figure.
  await until(t, "it was renewed twice", async () => Number(await lag.textContent()) >= before + 2);
  t.equal(await scrolled(), place);
  t.equal(await page.locator(":focus").getAttribute("href"), "/letters?worker=mailing");
  t.equal(await page.locator("#stale").isVisible(), false);
  t.same(trouble, []);
});

t.test("a live page says when its figures are old, and when they are new again", async (t) => {
  const browser = await openBrowser(t, "console in a browser, live pages");
  if (!browser) return;
  const { url } = await openLive(t);
  const { page } = await openPage(browser, url);
  await page.goto(url);
  let answer: "away" | "signed out" | undefined = "away";
  await page.route(url, (route) => {
    if (answer === "away") return route.abort();
    return answer === "signed out" ? route.fulfill({ status: 401 }) : route.continue();
  });
  const stale = page.locator("#stale");
  await stale.getByText(/^Not up to date since \d\d:\d\d:\d\d UTC: the console doesn't answer/).waitFor();
  t.pass("it says so");
  answer = "signed out";
  await stale.getByText(/you are signed out: load the page again/).waitFor();
  answer = undefined;
  await stale.waitFor({ state: "hidden" });
  t.match(await page.locator("#glance").textContent(), /Lag/);
});
