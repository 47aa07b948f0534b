import { randomBytes } from "node:crypto";
import { appendFileSync, writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { type Config, readConfig, UsageError } from "../workers/_runtime/mod.ts";
import { shipped } from "../workers/_runtime/shipped.ts";
import { readConcertFile } from "./concerts/concert-file.ts";
import type { Accepted, Sown } from "./load/accepted.ts";
import { checkShop } from "./load/check-shop.ts";
import { readSteps, writeSteps } from "./load/file.ts";
import { duration, positiveNumber, share, wholeNumber } from "./load/flags.ts";
import { onSale } from "./load/on-sale.ts";
import { demandOf } from "./load/plan.ts";
import { showProgress } from "./load/progress.ts";
import { runLoad } from "./load/run-load.ts";
import { checkShares, DEFAULT_SHARES, type Shares } from "./load/shares.ts";
import type { Shop } from "./load/shop.ts";
import { createSower } from "./load/sow.ts";
import type { Step } from "./load/step.ts";
import { summaryTable } from "./load/summary.ts";
import { createTally } from "./load/tally.ts";
import { jsonOf } from "./table.ts";
import { withBroker } from "./with-broker.ts";

interface Options extends Shares {
  readonly fans?: number;
  readonly rate?: number;
  readonly duration?: number;
  readonly seed: number;
  readonly taste: number;
  readonly concert: string;
  readonly intake?: string;
  readonly run: string;
  readonly timeout: number;
  readonly write?: string;
  readonly replay?: string;
  readonly ledger?: string;
  readonly json?: true;
}

const GRAND_HALL = shipped("scripts/concerts/grand-hall.json");

const command = new Command("load")
  .description(
    "An on-sale: fans in a spike with a taste for front rows, in groups of 1 to 8, some of whom cancel, hang up " +
      "or hold odd cards; and broken records straight to the topic. Arrivals don't wait for answers, and latency " +
      "is counted from the time a request was meant to be sent.",
  )
  .option("--fans <count>", "who ask for seats (default: 40000)", wholeNumber(1))
  .option("--rate <n>", "mean arrivals a second", positiveNumber)
  .option("--duration <time>", "of the spike (default: 60s)", duration)
  .option("--seed <n>", "the same seed plans the same on-sale", wholeNumber(0), 1)
  .option("--taste <exponent>", "Zipf's exponent of the taste for front rows", Number, 0.8)
  .addOption(
    new Option("--concert <file>", "the hall, as for 'concerts apply'").default(GRAND_HALL, "the grand hall"),
  )
  .option("--intake <url>", "where to ask (default: INTAKE_HOST and INTAKE_PORT)")
  .addOption(
    new Option("--run <name>", "names the clients; another name makes other reservations").default(
      randomName(),
      "a new one",
    ),
  )
  .addOption(
    new Option("--timeout <time>", "after which an answer counts as lost")
      .argParser(duration)
      .default(10_000, "10s"),
  )
  .option("--write <file>", "write the requests as NDJSON and send nothing")
  .option("--replay <file>", "send those of a file instead of planning")
  .option("--ledger <file>", "keep what was accepted and sown, for 'invariants --ledger'")
  .option("--json", "the summary as JSON");

const SHARES: readonly (readonly [keyof Shares, string])[] = [
  ["declined", "of fans: cards that the issuer refuses"],
  ["flaky", "of fans: cards whose first charge fails"],
  ["lost", "of fans: cards whose first charge goes through unanswered"],
  ["failing", "of fans: cards whose charges all fail"],
  ["poison", "of fans: cards that the gateway answers with 422"],
  ["cancel", "of fans: want out, half before and half after a confirmation"],
  ["impatient", "of fans whose charge retries: want out meanwhile"],
  ["hangUp", "of requests: the client hangs up early and asks again"],
  ["undecodable", "broken records a request, straight to the topic"],
  ["unknownSchema", "records of an unknown schema a request, straight to the topic"],
];
for (const [name, text] of SHARES) {
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  command.addOption(new Option(`--${flag} <share>`, text).argParser(share).default(DEFAULT_SHARES[name]));
}

export default command
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice load --rate 500 --duration 30s
  $ npx boxoffice load --fans 4000 --seed 7 --write on-sale.ndjson
  $ npx boxoffice load --replay tests/fixtures/on-sale.ndjson --ledger accepted.ndjson
  $ npx boxoffice invariants --ledger accepted.ndjson

Exit codes: 0 all requests were sent, whatever was answered; 2 a flag, a file or configuration; 3 intake,
            the broker or the registry can't be reached; 130 stopped by Ctrl-C`,
  )
  .action(load);

async function load(options: Options): Promise<void> {
  const steps = options.replay === undefined ? planned(options) : readSteps(options.replay);
  if (options.write === undefined) return await send(options, steps);
  const count = await writeSteps(options.write, planned(options));
  process.stderr.write(`wrote ${count} requests to ${options.write}\n`);
}

function planned(options: Options): Iterable<Step> {
  const { fans, durationMs } = demandOf({
    ...(options.fans !== undefined && { fans: options.fans }),
    ...(options.rate !== undefined && { rate: options.rate }),
    ...(options.duration !== undefined && { durationMs: options.duration }),
  });
  const { seed, taste } = options;
  if (!(taste >= 0 && taste <= 5))
    throw new UsageError(`Cannot plan an on-sale as --taste must be from 0 to 5: current value is ${taste}`);
  return onSale({ seed, fans, durationMs, taste, rows: hallOf(options).rows, shares: checkShares(options) });
}

async function send(options: Options, steps: Iterable<Step> | AsyncIterable<Step>): Promise<void> {
  const config = readConfig(process.env, ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL"]);
  const { host, port } = config.intake;
  const shop = {
    url: (options.intake ?? `http://${host}:${port}`).replace(/\/$/, ""),
    concertId: hallOf(options).concertId,
    run: options.run,
    timeoutMs: options.timeout,
  };
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new Error("Stopped by Ctrl-C")));
  try {
    await checkShop(shop, stop.signal);
    await sendTo(shop, steps, config, options, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.stderr.write("stopped\n");
    process.exitCode = 130;
  }
}

async function sendTo(
  shop: Shop,
  steps: Iterable<Step> | AsyncIterable<Step>,
  config: Config,
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  const { ledger } = options;
  if (ledger !== undefined) writeFileSync(ledger, "");
  const note = (entry: Accepted | Sown) => {
    if (ledger !== undefined) appendFileSync(ledger, `${JSON.stringify(entry)}\n`);
  };
  await withBroker(async (broker) => {
    const sow = await createSower(broker.producer(), config.registry, signal);
    const tally = createTally();
    const progress = showProgress(tally);
    try {
      const summary = await runLoad({ shop, steps, sow, note, tally }, signal);
      progress.stop();
      process.stdout.write(options.json ? jsonOf({ run: options.run, ...summary }) : summaryTable(summary));
    } finally {
      progress.stop();
    }
  });
}

function hallOf({ concert }: Options) {
  const [first] = readConcertFile(concert);
  if (first) return first;
  throw new UsageError(`Cannot plan an on-sale as '${concert}' holds no concert`);
}

function randomName(): string {
  return `run-${randomBytes(4).toString("hex")}`;
}
