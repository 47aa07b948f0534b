/**
 * `npm run screenshots`: the console's pages of a real fleet as pictures for the guide, written to docs/screenshots/.
 * Not a test: the pictures differ by fonts and times.
 */
import { mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { startStack } from "../../../../scripts/stack/start.ts";
import { findTool } from "../../../left-out.ts";
import { launchChromium, openPage, type PageLook } from "./browser.ts";
import { openStage, type Stage } from "./stage.ts";

const FOLDER = resolve(import.meta.dirname, "../../../../docs/screenshots");
const MAX_BYTES = 150_000;
const ORDERS = 60;

async function main(): Promise<void> {
  const chromium = findTool("chromium", "chromium-browser", "google-chrome");
  if (chromium === undefined)
    throw new Error("Cannot take screenshots as Chromium is missing: apt-get install chromium");
  mkdirSync(FOLDER, { recursive: true });
  const stack = await startStack({ services: ["kafka", "registry", "redis"] }, new AbortController().signal);
  try {
    const stage = await openStage({ ...process.env, ...stack.env });
    const browser = await launchChromium(chromium);
    try {
      const open = async (look: PageLook) => (await openPage(browser, stage.url, look)).page;
      await takeAll(stage, await open({}), await open({ dark: true }), await open({ phone: true }));
    } finally {
      await browser.close();
      await stage.close();
    }
  } finally {
    await stack.stop();
  }
}

async function takeAll(stage: Stage, light: Page, dark: Page, phone: Page): Promise<void> {
  await stage.sell(
    Array.from({ length: ORDERS }, (_, n) => ({
      orderId: `order-${n}`,
      email: `fan${n}@example.org`,
      amount: 9_000 + ((n * 37) % 900) + 1,
    })),
  );
  await light.goto(stage.url);
  // Records a second need two looks.
  await light.waitForTimeout(5_000);
  await take(light, "fleet");
  await dark.goto(`${stage.url}/letters`);
  await take(dark, "groups-dark");
  await edit(stage, light);
  stage.fix(["order-7", "order-40"]);
  const plan = await replay(stage, light);
  await phone.goto(`${stage.url}/jobs/${plan}`);
  await phone.waitForTimeout(2_000);
  await take(phone, "job-phone");
  await light.getByRole("status").getByText("done").waitFor({ timeout: 60_000 });
  await take(light, "job-done");
  await dark.goto(`${stage.url}/audit`);
  await take(dark, "audit-dark");
}

async function edit(stage: Stage, page: Page): Promise<void> {
  await page.goto(`${stage.url}/letters/list?worker=${stage.worker}`);
  await page.getByRole("region", { name: "Letters" }).getByRole("link").first().click();
  await page.getByRole("heading", { name: /Permanent/ }).waitFor();
  await take(page, "letter");
  await page.getByRole("button", { name: "Edit…" }).click();
  const event = JSON.parse(await page.getByLabel("Event as JSON").inputValue());
  await page.getByLabel("Event as JSON").fill(JSON.stringify({ ...event, amount: 8_900 }, null, 2));
  await page.getByLabel("Reason").fill("agreed with the customer");
  await page.getByRole("button", { name: "Compare" }).click();
  await take(page, "comparison");
  await page.getByRole("button", { name: "Keep this edit" }).click();
  await page.getByRole("heading", { name: /edited/ }).waitFor();
}

/** @returns the plan, whose job is running slowly */
async function replay(stage: Stage, page: Page): Promise<string> {
  await page.goto(`${stage.url}/letters?worker=${stage.worker}`);
  await page.getByText("Plan a replay").click();
  const planning = page.locator("#plan");
  await planning.getByLabel("Reason").fill("the gateway takes them now");
  await planning.getByRole("button").click();
  await page.getByRole("heading", { name: /^Plan / }).waitFor();
  await page.getByLabel("First so many").fill("5");
  await page.getByLabel("At most so many a second").fill("5");
  await page.getByLabel("Reason").fill("the gateway takes them now");
  await take(page, "plan");
  await page.getByRole("button", { name: /^Replay / }).click();
  await page.waitForURL(/\/jobs\//);
  return new URL(page.url()).pathname.split("/").at(-1) ?? "";
}

async function take(page: Page, name: string): Promise<void> {
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  const { size } = statSync(path);
  process.stdout.write(`${path}: ${size} bytes\n`);
  if (size > MAX_BYTES)
    throw new Error(`Cannot keep '${path}' as it is larger than ${MAX_BYTES} bytes: ${size}`);
}

await main();
