import t, { type Test } from "tap";
import type { z } from "zod";
import { startStack } from "../../../../scripts/stack/start.ts";
import * as answers from "../../../../workers/_letters/answers.ts";
import { ExportedLetterLine } from "../../../../workers/_letters/exported-letter.ts";
import { follow, openBrowser, openPage, seriousFindings } from "./browser.ts";
import { openStage } from "./stage.ts";

const ORDERS = 12;

/** Each answer of the real desk passes its schema and loses nothing by it: the document leaves no field out. */
async function checkAnswers(t: Test, url: string): Promise<void> {
  const api = async (schema: z.ZodType, path: string, body?: unknown): Promise<unknown> => {
    const headers = { "content-type": "application/json" };
    const how = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
    const response = await fetch(`${url}/api/v1${path}`, how);
    t.equal(response.status, 200, path);
    const lines = response.headers.get("content-type")?.includes("ndjson")
      ? (await response.text()).split("\n").filter((line) => line !== "")
      : [await response.text()];
    t.not(lines.length, 0, path);
    const rows = lines.map((line) => JSON.parse(line));
    for (const row of rows) t.same(schema.parse(row), row, path);
    return rows[0];
  };
  const everything = { filter: { outcomes: "all" } };
  await api(answers.GroupsAnswer, "/letters/groups", everything);
  const { letters } = answers.LetterPageAnswer.parse(
    await api(answers.LetterPageAnswer, "/letters/list", { ...everything, page: { limit: 50 } }),
  );
  for (const { letter } of letters)
    await api(
      answers.LetterDetailAnswer,
      `/letters/${letter}${letter.endsWith("0-0") ? "?personal=true" : ""}`,
    );
  const [plan] = answers.PlansAnswer.parse(await api(answers.PlansAnswer, "/plans"));
  await api(answers.PlanAnswer, `/plans/${plan?.plan}`);
  await api(answers.JobsAnswer, "/jobs");
  await api(answers.JobAnswer, `/jobs/${plan?.plan}`);
  await api(answers.JobResultAnswer, `/jobs/${plan?.plan}/results`);
  await api(answers.AuditAnswer, "/audit");
  await api(answers.ActedAnswer, "/letters/restore", {
    which: { filter: { outcomes: "all", since: 0 } },
    reason: "another look",
  });
  await api(ExportedLetterLine, "/letters/export", everything);
  const [open] = answers.LetterPageAnswer.parse(
    await api(answers.LetterPageAnswer, "/letters/list", { filter: {}, page: { limit: 1 } }),
  ).letters;
  const event = { type: "Order", orderId: "o", email: "e", amount: 1 };
  await api(answers.EditAnswer, `/letters/${open?.letter}/edit`, { event, reason: "r", dryRun: true });
  await api(answers.PlanAnswer, "/plans", { filter: {}, reason: "r", skipOrderCheck: true });
}

t.setTimeout(610_000);
t.test(
  "group, letter, edit, plan, canary, replay, outcomes: by a browser on the real stack",
  { timeout: 600_000 },
  async (t) => {
    const browser = await openBrowser(t, "console in a browser, the whole way");
    if (!browser) return;
    const stack = await startStack(
      { services: ["kafka", "registry", "redis"] },
      new AbortController().signal,
    );
    t.teardown(() => stack.stop());
    const stage = await openStage({ ...process.env, ...stack.env });
    t.teardown(() => stage.close());
    await stage.sell(
      Array.from({ length: ORDERS }, (_, n) => ({
        orderId: `o${n}`,
        email: `fan${n}@example.org`,
        amount: 9_500 + n,
      })),
    );
    const { page, trouble } = await openPage(browser, stage.url);
    const axe = async (what: string) =>
      t.same(await seriousFindings(page), [], `${what}: axe finds nothing serious`);

    await page.goto(stage.url);
    await page
      .getByRole("row", { name: /billing/ })
      .getByRole("link", { name: String(ORDERS) })
      .waitFor();
    // Known at a later look if a worker took its time to answer.
    await page
      .getByRole("row", { name: /billing/ })
      .filter({ hasText: /up[\s\S]*closed/ })
      .waitFor();
    t.pass("state and breaker are known");
    await axe("fleet");

    await follow(page.getByRole("link", { name: "Dead letters" }));
    await axe("groups");
    await follow(page.getByRole("link", { name: "billing: Permanent" }));
    await follow(page.getByRole("region", { name: "Letters" }).getByRole("link").first());
    await page.getByRole("heading", { name: /billing: Permanent/ }).waitFor();
    const decoded = page.getByRole("region", { name: "Decoded event" });
    t.match(await decoded.textContent(), /emailmasked: personal[\s\S]*amount9\d{3}/);
    t.notMatch(await page.content(), /fan\d+@example\.org/, "nowhere on the page");
    await follow(page.getByRole("button", { name: /Show personal fields/ }));
    t.match(await decoded.textContent(), /fan\d+@example\.org/);
    await axe("letter");

    await follow(page.getByRole("button", { name: "Edit…" }));
    const editor = page.getByLabel("Event as JSON");
    const event = JSON.parse(await editor.inputValue());
    await editor.fill(JSON.stringify({ ...event, amount: "much" }));
    await page.getByLabel("Reason").fill("the gateway takes less");
    await follow(page.getByRole("button", { name: "Compare" }));
    t.match(
      await page.getByRole("alert").textContent(),
      /amount/,
      "an edit that doesn't fit names the field",
    );
    await editor.fill(JSON.stringify({ ...event, amount: 4_200 }));
    await follow(page.getByRole("button", { name: "Compare" }));
    t.equal(await page.locator("ins").textContent(), "4200");
    t.equal(await page.locator("del").textContent(), String(event.amount));
    await axe("comparison");
    await follow(page.getByRole("button", { name: "Keep this edit" }));
    await page.getByRole("heading", { name: /open edited/ }).waitFor();
    t.equal(await page.locator("ins").textContent(), "4200", "whoever looks next sees what was changed");

    const failsAgain = `o${event.orderId === "o11" ? 10 : 11}`;
    stage.fix([failsAgain]);
    await page.goto(`${stage.url}/letters?worker=billing`);
    await page.getByText("Plan a replay").click();
    const planning = page.locator("#plan");
    await planning.getByLabel("Reason").fill("the gateway was told");
    await follow(planning.getByRole("button"));
    await page.getByRole("heading", { name: /^Plan / }).waitFor();
    t.match(
      await page.locator("main").textContent(),
      /Letters12,[\s\S]*1 edited[\s\S]*orders\.billing\.replay/,
    );
    t.equal(stage.charged.size, 0, "a plan sends nothing");
    await axe("plan");

    await page.getByLabel("First so many").fill("1");
    await page.getByLabel("Reason").fill("the gateway was told");
    await page.getByRole("button", { name: "Replay 12 letters" }).click();
    await page.waitForURL(/\/jobs\//);
    await axe("running job");
    await page.getByRole("status").getByText("done").waitFor();
    const job = await page.locator("main").textContent();
    t.match(
      job,
      /Processed11[\s\S]*Dead again1[\s\S]*Under way0/,
      "sent is not processed: outcomes are counted",
    );
    t.equal(await page.getByRole("region", { name: "Outcomes" }).getByText("dead again").count(), 1);
    t.equal(stage.charged.size, ORDERS - 1);
    t.equal(stage.charged.get(event.orderId), 4_200, "the edited event went");
    await axe("ended job");

    await page.goto(`${stage.url}/letters`);
    await follow(page.getByRole("link", { name: "newest letter" }));
    t.match(
      await page.locator("ol.history").textContent(),
      /dead letter[\s\S]*dead again by[\s\S]*dead letter/,
    );
    await page.getByText("Discard", { exact: true }).first().click();
    await page.locator("#discard").getByLabel("Reason").fill("refunded by hand");
    await follow(page.locator("#discard").getByRole("button"));
    await page.getByRole("heading", { name: "Discarded 1 letter" }).waitFor();
    await page.goto(`${stage.url}/letters`);
    t.match(await page.locator("main").textContent(), /Nothing matches/);

    await follow(page.getByRole("link", { name: "Audit trail" }));
    const rows = page.getByRole("region", { name: "Audit trail" }).locator("tbody tr .tag");
    t.equal((await rows.allTextContents()).join(" "), "discard replay plan edit look look");
    await axe("audit trail");

    await t.test("the API's answers are what its document says, whole", (t) => checkAnswers(t, stage.url));

    await page.reload();
    const [newest] = await rows.allTextContents();
    t.match(newest, /plan/, "what the API does is in the trail, too");
    t.match(await page.locator("main").textContent(), /look.*export/, "an export is a look");

    await page.getByRole("link", { name: "Queues" }).click();
    await page
      .getByRole("link", { name: /replays/ })
      .first()
      .waitFor();
    t.same(trouble, [], "no error, nothing that the policy refused, nothing from elsewhere");
  },
);
