import { randomBytes } from "node:crypto";
import { Command, Option } from "commander";
import { exitCodes, UsageError } from "../workers/_runtime/mod.ts";
import { shipped } from "../workers/_runtime/shipped.ts";
import { readConcertFile } from "./concerts/concert-file.ts";
import { endWithNpm } from "./lifeline.ts";
import { duration } from "./load/flags.ts";
import { type Fleet, startFleet } from "./start/fleet.ts";
import { type Live, liveLine } from "./start/live.ts";
import { runOnSale } from "./start/on-sale.ts";
import { reportOf, reportTable } from "./start/report.ts";
import { jsonOf, tableOf } from "./table.ts";

interface Options {
  readonly once?: true;
  readonly json?: true;
  readonly requests: string;
  readonly concert: string;
  readonly run: string;
  readonly settle: number;
  readonly logs?: string;
}

export default new Command("start")
  .description(
    "Everything from nothing: stack, topics, schemas, gateway, every worker as a process of its own, and an " +
      "on-sale through intake's HTTP with faults on. Then a table, the business invariants, and the fleet stays up " +
      "until Ctrl-C. What KAFKA_BROKERS, SCHEMA_REGISTRY_URL, REDIS_URL or SMTP_URL name already is used as it is.",
  )
  .option("--once", "end after the table")
  .addOption(
    new Option("--requests <file>", "NDJSON of 'load --write'").default(
      shipped("tests/fixtures/on-sale.ndjson"),
      "5,000 requests",
    ),
  )
  .addOption(
    new Option("--concert <file>", "the hall, as for 'concerts apply'").default(
      shipped("scripts/concerts/grand-hall.json"),
      "the grand hall",
    ),
  )
  .addOption(
    new Option("--run <name>", "names the clients").default(
      `sale-${randomBytes(3).toString("hex")}`,
      "a new one",
    ),
  )
  .addOption(
    new Option("--settle <time>", "longest wait for everything to end")
      .argParser(duration)
      .default(900_000, "15m"),
  )
  .option("--logs <folder>", "where children log (default: a new temporary folder)")
  .option("--json", "the table as JSON")
  .addHelpText(
    "after",
    `
Examples:
  $ npm start
  $ npm start -- --once --json

Exit codes: 0 every invariant held; 1 one is broken, not everything ended, or too little of the 5,000 requests was
            seen to prove anything; 2 configuration; 3 a part of the stack can't be had; 70 a bug, or a part of the
            fleet that doesn't start`,
  )
  .action(start);

async function start(options: Options, command: Command): Promise<void> {
  const end = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // The second one ends at once: the guards clean up then.
    process.on(name, () => (end.signal.aborted ? process.exit(130) : end.abort(new Stopped(name))));
  }
  endWithNpm();
  const live = liveLine();
  try {
    // Of another demand nobody knows how much of what there is to see.
    const untilEnough = command.getOptionValueSource("requests") === "default";
    await sale(options, untilEnough, live, end.signal);
  } catch (error) {
    live.end();
    if (!end.signal.aborted) throw error;
    process.exitCode = 130;
  }
}

async function sale(options: Options, untilEnough: boolean, live: Live, signal: AbortSignal): Promise<void> {
  const [concert] = readConcertFile(options.concert);
  if (!concert) throw new UsageError(`Cannot hold an on-sale as '${options.concert}' names no concert`);
  const fleet = await startFleet(
    {
      concertFile: options.concert,
      concertId: concert.concertId,
      ...(options.logs !== undefined && { logs: options.logs }),
    },
    live,
    signal,
  );
  try {
    live.say(`all ready; ${concert.name} in the ${concert.hall} goes on sale`);
    const result = await runOnSale(
      fleet,
      {
        requestsFile: options.requests,
        concertId: concert.concertId,
        run: options.run,
        settleMs: options.settle,
        untilEnough,
      },
      live,
      signal,
    );
    const restarts = Object.fromEntries(
      fleet.workers.map(({ name, process }) => [name, process.uncleanEnds]),
    );
    const report = reportOf(result, restarts);
    process.stdout.write(options.json ? jsonOf(report) : reportTable(report));
    if (!report.held || report.short.length > 0) process.exitCode = exitCodes.no;
    if (options.once) return;
    process.stderr.write(urlsTable(fleet, concert.concertId));
    process.stderr.write(
      `check again:  . ${fleet.envFile}; npx boxoffice invariants --ledger ${fleet.clientLedger}\nrunning until Ctrl-C\n`,
    );
    await aborted(signal);
  } finally {
    live.end();
    await fleet.stop();
    process.stderr.write(`stopped; logs are in ${fleet.folder}\n`);
  }
}

function urlsTable(fleet: Fleet, concertId: string): string {
  return tableOf(
    ["", "where"],
    [
      ["seat map", `${fleet.intakeUrl}/concerts/${concertId}`],
      ["operator's console", fleet.consoleUrl],
      ["intake's API", `${fleet.intakeUrl}/openapi.json`],
      ["gateway", fleet.gateway.url],
      ["gateway's ledger and faults", fleet.gateway.adminUrl],
      ...(fleet.catcherUrl === undefined ? [] : [["e-mails", `${fleet.catcherUrl}/messages`]]),
      ...fleet.stack.services.map(({ name, url }) => [name, url]),
      ...fleet.workers.map(({ name, healthUrl }) => [`${name}'s metrics`, `${healthUrl}/metrics`]),
      ["logs", fleet.folder],
    ],
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    // A bare listener wouldn't keep the process alive.
    const alive = setInterval(() => {}, 60_000);
    signal.addEventListener("abort", () => {
      clearInterval(alive);
      resolve();
    });
  });
}

class Stopped extends Error {
  override name = "Stopped";
}
