import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import t from "tap";
import { startFleet } from "../scripts/start/fleet.ts";
import { runCommand } from "../scripts/start/self.ts";
import { startCollector } from "./_support/collector.ts";
import { until } from "./_support/fleet.ts";

const EMAIL = "ada.lovelace@tickets.example";
/** Nothing that an id of a span, which is hexadecimal, could hold. */
const CUSTOMER = "lovelace-1815";
const CARD = "tok_visa_4242";

t.test(
  "one trace id from POST to e-mail, through retries, a dead letter and a replay",
  { timeout: 900_000 },
  async (t) => {
    const collector = await startCollector(t);
    process.env.BOXOFFICE_PROFILE = "test";
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
    // Longer than everything here: what is shown is a way through, not giving up.
    process.env.INTAKE_HOLD = "5m";
    const signal = AbortSignal.timeout(880_000);
    const concertFile = join(resolve(import.meta.dirname, ".."), "scripts/concerts/grand-hall.json");
    const concertId = "grand-hall-gala";
    const lines: string[] = [];
    const live = { say: (line: string) => void lines.push(line), show() {}, end() {} };
    const fleet = await startFleet({ concertFile, concertId, logs: t.testdir() }, live, signal);
    let stopped = false;
    const stop = async () => {
      if (!stopped) await fleet.stop();
      stopped = true;
    };
    t.teardown(stop);
    const faults = async (share: number) => {
      const quiet = {
        decline: 0,
        errorBefore: share,
        errorAfter: 0,
        unavailable: 0,
        lost: 0,
        resetAfter: 0,
      };
      const answer = await fetch(`${fleet.gateway.adminUrl}/faults`, {
        method: "PUT",
        body: JSON.stringify({ ...quiet, latencyP99Ms: 20 }),
      });
      t.equal(answer.status, 200, await answer.text());
    };
    const operator = (...args: string[]) =>
      runCommand(args, { ...fleet.env, BOXOFFICE_OPERATOR: "ann" }, signal);

    // Every charge fails until all attempts are used up.
    await faults(1);
    const traceId = randomBytes(16).toString("hex");
    const clicked = randomBytes(8).toString("hex");
    const asked = await fetch(`${fleet.intakeUrl}/reservations`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": `k-${clicked}`,
        "x-client-id": CUSTOMER,
        traceparent: `00-${traceId}-${clicked}-01`,
        tracestate: "shop=1",
      },
      body: JSON.stringify({ concertId, seats: ["A-1"], card: CARD, email: EMAIL }),
    });
    t.equal(asked.status, 202, await asked.text());
    const letters = async (): Promise<{ letter: string }[]> =>
      JSON.parse(await operator("dlq", "list", "--worker", "payment", "--json")).letters;
    await until(t, "it is a dead letter", async () => (await letters()).length > 0, 300);
    const [died] = await letters();
    t.match(JSON.parse(await operator("dlq", "show", died?.letter ?? "", "--json")), { traceId });

    await faults(0);
    const why = ["--reason", "the gateway is back"];
    const { plan } = JSON.parse(await operator("dlq", "plan", "--worker", "payment", ...why, "--json"));
    await operator("dlq", "replay", "--plan", plan, ...why, "--yes", "--json");
    const mails = async () =>
      (await (await fetch(`${fleet.catcherUrl}/messages?to=${EMAIL}`)).text()).includes(EMAIL);
    await until(t, "the e-mail is there", mails, 300);
    await stop();

    const trace = collector.spans.filter((span) => span.traceId === traceId);
    const of = (service: string, name: string) =>
      trace.filter((span) => span.service === `boxoffice-${service}` && span.name === name);
    const [click] = of("intake", "POST /reservations");
    t.match(click, { parentSpanId: clicked, attributes: { "http.response.status_code": 202 } });
    const attempts = of("payment", "process reservations");
    t.ok(attempts.length >= 3, `${attempts.length} attempts`);
    t.ok(
      attempts.every(({ parentSpanId }) => parentSpanId === click?.spanId),
      "each is below the request, whichever topic its copy came by",
    );
    const topics = new Set(attempts.map(({ attributes }) => attributes["messaging.destination.name"]));
    t.ok(
      topics.has("reservations") && [...topics].some((name) => String(name).includes(".retry.")),
      [...topics].join(),
    );
    const replayed = attempts.filter(({ attributes }) => attributes["boxoffice.replay"] === plan);
    t.match(replayed, [{ failed: false, attributes: { "boxoffice.letter": died?.letter } }]);
    t.equal(attempts.filter(({ failed }) => failed).length, attempts.length - 1);
    const charges = of("payment", "gateway charge");
    t.ok(
      charges.some(({ parentSpanId }) => parentSpanId === replayed[0]?.spanId),
      "the charge is below its attempt",
    );
    // Settlement may have needed more than one attempt: both are below the payment's.
    const confirming = of("settlement", "process payments");
    t.ok(
      confirming.length > 0 && confirming.every(({ parentSpanId }) => parentSpanId === replayed[0]?.spanId),
    );
    const notices = of("notification", "process reservations").map(({ parentSpanId }) => parentSpanId);
    t.ok(
      confirming.some(({ spanId }) => notices.includes(spanId)),
      "an event out is below the attempt that wrote it",
    );
    t.equal(of("notification", "send mail").length, 1);

    const replays = collector.spans.filter(
      ({ name, attributes }) => name.startsWith("replay to ") && attributes["boxoffice.replay"] === plan,
    );
    t.match(
      replays,
      [{ service: "boxoffice-replayer", links: [traceId] }],
      "the job's own trace links to the letter's",
    );
    t.not(replays[0]?.traceId, traceId);
    for (const secret of [EMAIL, CARD, CUSTOMER])
      t.notOk(collector.raw().includes(secret), `no span holds ${secret}`);
  },
);
