import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import t from "tap";
import type { CaughtMessage } from "../../scripts/catcher/message.ts";
import { startStack } from "../../scripts/stack/start.ts";

const stack = await startStack({ services: ["smtp"] }, new AbortController().signal);
t.teardown(() => stack.stop());
const catcher = stack.env.SMTP_CATCHER_URL ?? "";

async function send(mail: { readonly to: string; readonly [more: string]: unknown }): Promise<void> {
  const transport = createTransport({ url: stack.smtp.url, greetingTimeout: 60_000 });
  try {
    await transport.sendMail({ from: "box@example.org", text: "", ...mail });
  } finally {
    transport.close();
  }
}

async function outage(body: unknown): Promise<Response> {
  return fetch(`${catcher}/outage`, { method: "PUT", body: JSON.stringify(body) });
}

async function messages(query = ""): Promise<CaughtMessage[]> {
  const answer = await fetch(`${catcher}/messages${query}`);
  const list: CaughtMessage[] = JSON.parse(await answer.text());
  return list;
}

t.test("catcher keeps every accepted message, decoded, over HTTP and in its file", async (t) => {
  await send({
    to: "ümlaut@example.org, b@example.org",
    messageId: "<reservations-3-17@boxoffice>",
    subject:
      "Your seats: Größe, 座席, and a long line that has to be folded into several encoded words 座席座席座席",
    headers: { "X-Twice": ["1", "2"] },
    text: "Row Ä, seat 4 =3D fine.\n.\nA line after a lone dot.\n",
  });
  const [message] = await messages();
  t.match(message, {
    number: 1,
    from: "box@example.org",
    to: ["ümlaut@example.org", "b@example.org"],
    messageId: "<reservations-3-17@boxoffice>",
    subject:
      "Your seats: Größe, 座席, and a long line that has to be folded into several encoded words 座席座席座席",
    headers: { "x-twice": ["1", "2"] },
  });
  t.equal(
    message?.body.replaceAll("\r\n", "\n").trimEnd(),
    "Row Ä, seat 4 =3D fine.\n.\nA line after a lone dot.",
  );
  const lines = readFileSync(join(stack.folder, "ledger.ndjson"), "utf8").trim().split("\n");
  t.same(JSON.parse(lines.at(-1) ?? ""), message);

  await send({ to: "c@example.org", subject: "second", html: "<b>Row A</b>", text: "Row A" });
  t.match(await messages("?after=1"), [{ number: 2, subject: "second" }]);
  t.match(await messages("?to=c@example.org"), [{ number: 2, body: /Row A/ }]);
  const ndjson = await fetch(`${catcher}/messages`, { headers: { accept: "application/x-ndjson" } });
  t.equal((await ndjson.text()).split("\n").length, 3);
});

t.test("catcher refuses connections, answers 451 or 550, or is slow, on command", async (t) => {
  const before = (await messages()).length;
  t.match(await (await outage({ mode: "refuse" })).json(), { mode: "refuse" });
  await t.rejects(send({ to: "d@example.org" }), { code: "ESOCKET" });
  await outage({ mode: "tempfail" });
  await t.rejects(send({ to: "d@example.org" }), /\b451 /);
  await outage({ mode: "reject" });
  await t.rejects(send({ to: "d@example.org" }), /\b550 /);
  await outage({ mode: "slow", delayMs: 60 });
  const asked = performance.now();
  await send({ to: "e@example.org" });
  // Sender, recipient and data each; timers may fire a moment early.
  t.ok(performance.now() - asked >= 170, "three delays went by");
  await outage({ mode: "none" });
  await send({ to: "f@example.org" });
  t.match(await messages(`?after=${before}`), [{ to: ["e@example.org"] }, { to: ["f@example.org"] }]);
});

t.test("catcher answers 400 to an outage that it doesn't know, 404 elsewhere", async (t) => {
  for (const bad of [{ mode: "odd" }, { mode: "slow" }, { mode: "slow", delayMs: -1 }, "x", null]) {
    const answer = await outage(bad);
    t.equal(answer.status, 400, JSON.stringify(bad));
    t.match(await answer.json(), { title: /^Cannot set outage as it must be/ });
  }
  t.equal((await fetch(`${catcher}/else`)).status, 404);
  t.match(await (await fetch(`${catcher}/outage`)).json(), { mode: "none" });
});

t.test("catcher keeps its ledger over kill -9", async (t) => {
  const before = await messages();
  await stack.smtp.kill();
  await stack.smtp.start();
  t.same(await messages(), before);
  await send({ to: "g@example.org" });
  t.equal((await messages()).at(-1)?.number, before.length + 1);
});
