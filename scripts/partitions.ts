import { Command, InvalidArgumentError } from "commander";
import { type Config, exitCodes, readConfig, Unavailable, UsageError } from "../workers/_runtime/mod.ts";
import { confirm } from "./confirm.ts";
import { type Endpoint, listOwned, type OwnedPartition, releaseOwned } from "./partitions/ask.ts";
import { haltedOwner } from "./partitions/owner.ts";
import { jsonOf, tableOf } from "./table.ts";

interface ListOptions {
  readonly url?: readonly string[];
  readonly json?: true;
}

interface ReleaseOptions extends ListOptions {
  readonly schemaId?: number;
  readonly worker?: string;
  readonly yes?: true;
}

const URL_HELP =
  "a worker's health port, e.g. http://10.0.0.7:9464; repeatable (default: from HEALTH_HOST and HEALTH_PORT)";

const list = new Command("list")
  .description("Every partition that the asked processes own, and what halts it.")
  .option("--url <url...>", URL_HELP)
  .option("--json", "as JSON")
  .action(async (options: ListOptions) => {
    const { owned, unreached } = await listAll(endpoints(options.url));
    process.stdout.write(options.json ? jsonOf(owned) : ownedTable(owned));
    for (const { message } of unreached) process.stderr.write(`${message}\n`);
    if (unreached.length > 0) process.exitCode = exitCodes.unreachable;
  });

const release = new Command("release")
  .description(
    "Sends the records that block a halted partition to the DLQ, and lets it go on: all that block, or with\n" +
      "--schema-id those of one writer schema. Nothing is lost: a dead letter can be replayed once it can be read.",
  )
  .argument("<topic>", "source topic")
  .argument("<partition>", "its number", parseNumber)
  .option("--schema-id <id>", "only records of this writer schema", parseNumber)
  .option("--worker <name>", "when several workers have it halted")
  .option("--url <url...>", URL_HELP)
  .option("-y, --yes", "don't ask; needed without a terminal")
  .option("--json", "as JSON")
  .action(async (topic: string, partition: number, options: ReleaseOptions) => {
    const { schemaId, worker } = options;
    const asked = endpoints(options.url);
    const { owned, unreached } = await listAll(asked);
    for (const { message } of unreached) process.stderr.write(`${message}\n`);
    const owner = haltedOwner(owned, { topic, partition, ...(worker !== undefined && { worker }) });
    const which = schemaId === undefined ? "all records that block it" : `its records of schema ${schemaId}`;
    process.stderr.write(
      `${owner.worker} halted ${topic}-${partition} at ${owner.halted?.record}: ${owner.halted?.reason}\n`,
    );
    if (!(await confirm(`Send ${which} to the DLQ?`, options.yes ?? false))) {
      process.stderr.write("Nothing was done.\n");
      process.exitCode = exitCodes.no;
      return;
    }
    const endpoint = asked.find((each) => each.url === owner.url);
    if (endpoint === undefined) throw new TypeError(`Cannot find the endpoint of '${owner.url}'`);
    const released = await releaseOwned(endpoint, {
      topic,
      partition,
      ...(schemaId !== undefined && { schemaId }),
    });
    process.stdout.write(
      options.json ? jsonOf({ topic, partition, released }) : `Released ${released} records.\n`,
    );
  });

export default new Command("partitions")
  .description("The partitions that running workers own; the way out of a halted one. Needs ADMIN_TOKEN.")
  .addCommand(list)
  .addCommand(release)
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice partitions list --url http://127.0.0.1:9464 http://127.0.0.1:9465
  $ npx boxoffice partitions release reservations 3 --schema-id 17 --url http://127.0.0.1:9464

Exit codes: 0 fine; 1 you said no; 2 not halted, no such owner, refused; 3 a process can't be reached`,
  );

function endpoints(urls: readonly string[] | undefined): readonly Endpoint[] {
  const config = readConfig(process.env, ["ADMIN_TOKEN"]);
  const token = config.runtime.adminToken;
  if (token === undefined) throw new TypeError("Cannot go on as a setting that was needed is not there");
  return (urls ?? [urlOf(config)]).map((url) => ({ url: url.replace(/\/+$/, ""), token }));
}

function urlOf({ health: { host, port } }: Config): string {
  if (port === 0)
    throw new UsageError(
      "Cannot derive the health port from HEALTH_PORT as it is 0 (any free one): name it with --url",
    );
  const local = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${local.includes(":") ? `[${local}]` : local}:${port}`;
}

/** Asks all; those that can't be reached are told apart from what the others say. */
async function listAll(
  asked: readonly Endpoint[],
): Promise<{ readonly owned: readonly OwnedPartition[]; readonly unreached: readonly Unavailable[] }> {
  const owned: OwnedPartition[] = [];
  const unreached: Unavailable[] = [];
  for (const answer of await Promise.allSettled(asked.map(listOwned))) {
    if (answer.status === "fulfilled") owned.push(...answer.value);
    else if (answer.reason instanceof Unavailable) unreached.push(answer.reason);
    else throw answer.reason;
  }
  if (owned.length === 0 && unreached[0]) throw unreached[0];
  return { owned, unreached };
}

function ownedTable(owned: readonly OwnedPartition[]): string {
  return tableOf(
    ["worker", "partition", "state", "committed", "lag", "parked keys", "outstanding", "halted by"],
    owned.map((each) => [
      each.worker,
      `${each.topic}-${each.partition}`,
      each.state,
      each.committedOffset ?? "",
      each.lag ?? "",
      each.parkedKeys,
      each.outstanding,
      each.halted === undefined ? "" : `${each.halted.record}: ${each.halted.reason}`,
    ]),
  );
}

function parseNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("must be a whole number from 0.");
}
