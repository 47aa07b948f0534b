import { Command, Option } from "commander";
import { pino } from "pino";
import { exitCodes, readConfig } from "../workers/_runtime/mod.ts";
import { violations } from "./invariants/check.ts";
import { figuresOf } from "./invariants/figures.ts";
import { isHeld, type Settled, settle } from "./invariants/settle.ts";
import { invariantsTable, uncheckedOf } from "./invariants/show.ts";
import { openWitness, type Witness } from "./invariants/witness.ts";
import { duration, wholeNumber } from "./load/flags.ts";
import { jsonOf } from "./table.ts";

interface Options {
  readonly gateway: string;
  readonly mail?: string;
  readonly ledger?: string;
  readonly kills: number;
  readonly settle?: number;
  readonly json?: true;
}

export default new Command("invariants")
  .description(
    "Checks the business invariants by the log, Redis and the witnesses' own ledgers, never by what workers say " +
      "of themselves.",
  )
  .addOption(
    new Option("--gateway <url>", "the gateway's admin port, whose ledger is read")
      .env("GATEWAY_ADMIN_URL")
      .makeOptionMandatory(),
  )
  .addOption(
    new Option("--mail <url>", "the SMTP catcher's HTTP port; without it e-mails are not checked").env(
      "SMTP_CATCHER_URL",
    ),
  )
  .option("--ledger <file>", "what clients were promised and what was sown, from 'load --ledger'")
  .option("--kills <n>", "unclean ends of workers: each may repeat an e-mail once", wholeNumber(0), 0)
  .option("--settle <time>", "wait so long for everything under way to end", duration)
  .option("--json", "every violation as JSON")
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice invariants --gateway http://127.0.0.1:41873
  $ npx boxoffice invariants --ledger accepted.ndjson --settle 60s --json

Exit codes: 0 all hold; 1 one is broken, each case is named, or with --settle not everything ended; 2 configuration;
            3 somebody can't be asked`,
  )
  .action(check);

async function check(options: Options): Promise<void> {
  const config = readConfig(process.env, ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL", "REDIS_URL"]);
  const witness = await openWitness({
    config,
    log: pino({ level: "silent" }),
    gatewayUrl: options.gateway.replace(/\/$/, ""),
    mailUrl: options.mail,
    clientLedger: options.ledger,
    kills: () => options.kills,
  });
  try {
    const { violations, gaveUp, ...sight } = await judge(witness, options.settle);
    const held = isHeld({ violations, gaveUp });
    const unchecked = uncheckedOf(sight.facts);
    process.stdout.write(
      options.json
        ? jsonOf({
            held,
            ...(gaveUp === undefined ? {} : { gaveUp }),
            ...{ unchecked, figures: figuresOf(sight), violations },
          })
        : invariantsTable(violations, unchecked),
    );
    if (!held) process.exitCode = exitCodes.no;
  } finally {
    await witness.close();
  }
}

async function judge(witness: Witness, settleMs: number | undefined): Promise<Settled> {
  const { signal } = new AbortController();
  if (settleMs !== undefined) {
    const settled = await settle(witness, { mostMs: settleMs, quietMs: settleMs }, signal);
    if (settled.gaveUp !== undefined) process.stderr.write(`stopped waiting: ${settled.gaveUp}\n`);
    return settled;
  }
  const sight = await witness.look(signal);
  return { ...sight, violations: violations(sight.facts), gaveUp: undefined };
}
