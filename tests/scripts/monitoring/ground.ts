import { join, resolve } from "node:path";
import type { Test } from "tap";
import { CARDS, type CardKind } from "../../../scripts/load/cards.ts";
import { MINUTE } from "../../../scripts/monitoring/alert.ts";
import { hurried, type Pace } from "../../../scripts/monitoring/pace.ts";
import { type Rule, type RuleGroups, ruleGroups } from "../../../scripts/monitoring/rules.ts";
import { startGuard } from "../../../scripts/stack/guard.ts";
import { freePort } from "../../../scripts/stack/port.ts";
import { type Fleet, startFleet } from "../../../scripts/start/fleet.ts";
import { boxoffice, runCommand } from "../../../scripts/start/self.ts";
import { supervise } from "../../../scripts/start/supervise.ts";
import { workerNames } from "../../../workers/all.ts";
import { sendFans } from "./fans.ts";
import { type Prometheus, startPrometheus } from "./prometheus.ts";

const root = resolve(import.meta.dirname, "../../..");
const CONCERT_FILE = join(root, "scripts/concerts/grand-hall.json");
/** A quarter of an hour becomes half a minute. */
const TIMES = 30;
/** But the quarter of an hour in which joins of a group are counted: they are no faster than in production, or slower. */
const JOINS_TIMES = 12;
const JOINS_WITHIN_S = 15 * MINUTE;
const FAN_EVERY_MS = 80;
const ADMIN_TOKEN = "let-me-in-please-0123456789";

/** A whole fleet under a steady load, and a real Prometheus with our rules, thirty times faster. */
export interface Ground {
  readonly fleet: Fleet;
  readonly prometheus: Prometheus;
  /** Every `every`-th fan from now on brings such a card. */
  odd(kind: CardKind, every: number): void;
  /** Runs a command of ours as an operator, with this beside the fleet's environment. */
  operator(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<string>;
  /** One more process of a worker, scraped as all are; the returned takes it away again. */
  another(worker: string, env: Readonly<Record<string, string>>): Promise<() => Promise<void>>;
}

export async function alertGround(t: Test, command: string, signal: AbortSignal): Promise<Ground> {
  process.env.BOXOFFICE_PROFILE = "test";
  process.env.ADMIN_TOKEN = ADMIN_TOKEN;
  // Longer than any outage here: what is shown are alerts, not lapsing holds.
  process.env.INTAKE_HOLD = "5m";
  const folder = t.testdir();
  const live = { say: (line: string) => t.comment(line), show() {}, end() {} };
  const options = { concertFile: CONCERT_FILE, concertId: "grand-hall-gala", logs: folder };
  const fleet = await startFleet(options, live, signal);
  t.teardown(() => fleet.stop());
  const guard = startGuard(() => {});
  t.teardown(() => guard.end());
  const quiet = { decline: 0, errorBefore: 0, errorAfter: 0, unavailable: 0, lost: 0, resetAfter: 0 };
  await put(`${fleet.gateway.adminUrl}/faults`, { ...quiet, latencyP99Ms: 50 });

  const prometheus = await startPrometheus(command, join(folder, "prometheus"), fastRules(), guard);
  t.teardown(() => prometheus.stop());
  for (const { healthUrl } of fleet.workers) await prometheus.scrape(healthUrl);

  const odd: { kind: CardKind; every: number } = { kind: "good", every: 1 };
  const gone = new AbortController();
  const card = (fan: number) => CARDS[fan % odd.every === 0 ? odd.kind : "good"];
  const fans = sendFans(
    { intakeUrl: fleet.intakeUrl, concertFile: CONCERT_FILE, everyMs: FAN_EVERY_MS, card },
    AbortSignal.any([signal, gone.signal]),
  );
  t.teardown(async () => {
    gone.abort();
    await fans;
  });
  return {
    fleet,
    prometheus,
    odd: (kind, every) => void Object.assign(odd, { kind, every }),
    operator: (env, ...args) => runCommand(args, { ...fleet.env, BOXOFFICE_OPERATOR: "ann", ...env }, signal),
    async another(worker, env) {
      const port = await freePort();
      const healthUrl = `http://127.0.0.1:${port}`;
      const given = { ...fleet.env, HEALTH_HOST: "127.0.0.1", HEALTH_PORT: String(port), ...env };
      const process = supervise(
        {
          ...{ name: `${worker}-2`, ...boxoffice(["run", worker]), env: given },
          ...{ logFile: join(folder, `${worker}-2.log`), readyUrl: `${healthUrl}/readyz` },
        },
        guard,
        () => {},
      );
      t.teardown(() => process.stop());
      await prometheus.scrape(healthUrl);
      return async () => {
        await prometheus.forget(healthUrl);
        await process.stop();
      };
    },
  };
}

function fastRules(): RuleGroups {
  const rulesAt = (pace: Pace) => ruleGroups({ workers: workerNames(), pace }).groups;
  const [fast, slower] = [hurried(TIMES), hurried(JOINS_TIMES)];
  const isOfJoins = (rule: Rule) => "alert" in rule && rule.alert === "BoxofficeRebalancesWithoutEnd";
  const ofJoins = rulesAt({
    ...fast,
    span: (seconds) => (seconds === JOINS_WITHIN_S ? slower : fast).span(seconds),
  }).flatMap(({ rules }) => rules.filter(isOfJoins));
  return {
    groups: rulesAt(fast).map(({ name, rules }) => ({
      name,
      rules: rules.flatMap((rule) => (isOfJoins(rule) ? ofJoins : [rule])),
    })),
  };
}

/** @throws {Error} with what it answers */
export async function put(url: string, body: unknown): Promise<void> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method: "PUT", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`Cannot put to ${url}: ${answer.status} ${await answer.text()}`);
}
