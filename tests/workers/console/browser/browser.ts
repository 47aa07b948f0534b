import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import type { Test } from "tap";
import { findTool, leaveOut } from "../../../left-out.ts";

/** Longest wait for anything on a page: only what hangs takes so long, on a busy machine too. */
const PATIENCE_MS = 120_000;

/** The system's Chromium; undefined: the suite is left out. */
export async function openBrowser(t: Test, suite: string): Promise<Browser | undefined> {
  const executablePath = findTool("chromium", "chromium-browser", "google-chrome");
  if (executablePath === undefined) {
    leaveOut(t, suite, "Chromium is missing: apt-get install chromium");
    return undefined;
  }
  const browser = await launchChromium(executablePath);
  t.teardown(() => browser.close());
  return browser;
}

export async function launchChromium(executablePath: string): Promise<Browser> {
  // Its own sandbox can't be had as root or in most containers; it opens nothing but our own pages.
  const args = ["--no-sandbox", "--disable-dev-shm-usage"];
  return await chromium.launch({ executablePath, args, timeout: PATIENCE_MS });
}

export interface Watched {
  readonly page: Page;
  /** What went wrong on its pages: errors of scripts, refusals by the policy, requests to elsewhere, dialogs. */
  readonly trouble: string[];
}

export interface PageLook {
  readonly dark?: boolean;
  readonly phone?: boolean;
  readonly script?: boolean;
}

/** A page that keeps a list of whatever shouldn't happen on it. */
export async function openPage(browser: Browser, own: string, look: PageLook = {}): Promise<Watched> {
  const { dark = false, phone = false, script = true } = look;
  const context = await browser.newContext({
    colorScheme: dark ? "dark" : "light",
    viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 900 },
    isMobile: phone,
    reducedMotion: "reduce",
    javaScriptEnabled: script,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const trouble: string[] = [];
  page.on("pageerror", (error) => trouble.push(`script: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of (?:4|5)\d\d/.test(message.text()))
      trouble.push(`console: ${message.text()}`);
  });
  page.on("dialog", (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(own) && !url.startsWith("data:") && url !== "about:blank")
      trouble.push(`request to ${url}`);
  });
  return { page, trouble };
}

/** Clicks what leads to another page, and waits until all of that is there. */
export async function follow(target: Locator): Promise<void> {
  await target.click();
  // The click ends when the new page has begun.
  await target.page().waitForLoadState();
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds that is serious or critical, as text; empty: nothing. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // As text, by the debugger: the page's policy allows no script but its own, and the project has no DOM types.
  await page.evaluate(AXE);
  const found: readonly Finding[] = await page.evaluate(
    "axe.run(document).then((result) => result.violations)",
  );
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} (${failureSummary})`).join("; ")}`,
    );
}

/** Whether the page is wider than the screen: it would have to be scrolled sideways. */
export async function overflows(page: Page): Promise<boolean> {
  return await page.evaluate(
    "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1",
  );
}
