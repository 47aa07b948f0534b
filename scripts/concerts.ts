import { Command } from "commander";
import { concerts as topic } from "../schemas/topics.ts";
import { Concert } from "../schemas/types.ts";
import type { Broker } from "../workers/_runtime/broker.ts";
import { type Codec, createCodec } from "../workers/_runtime/codec.ts";
import { exitCodes, readConfig } from "../workers/_runtime/mod.ts";
import { connectRegistry } from "../workers/_runtime/registry.ts";
import { readCatalogue, type Standing } from "./concerts/catalogue-topic.ts";
import { type ConcertChange, changesOf } from "./concerts/changes.ts";
import { readConcertFile } from "./concerts/concert-file.ts";
import { jsonOf, tableOf } from "./table.ts";
import { withBroker } from "./with-broker.ts";

const apply = new Command("apply")
  .description("Publishes the concerts of a JSON file, one or a list, that are new or changed.")
  .argument("<file>", "see scripts/concerts/grand-hall.json")
  .option("--dry-run", "publish nothing; exit 1 when something would be")
  .option("--json", "what was done, as JSON")
  .action(async (file: string, options: { readonly dryRun?: true; readonly json?: true }) => {
    const wanted = readConcertFile(file);
    const changes = await withCatalogue(async (standing, broker, codec) => {
      const changes = changesOf(wanted, standing.concerts);
      if (!options.dryRun) await publish(changes, broker, codec);
      return changes;
    });
    process.stdout.write(options.json ? jsonOf(changes.map(changeJson)) : changeTable(changes));
    if (options.dryRun && changes.some(({ change }) => change !== "unchanged"))
      process.exitCode = exitCodes.no;
  });

const list = new Command("list")
  .description("The concerts that stand in the topic.")
  .option("--json", "whole, with their rows, as JSON")
  .action(async (options: { readonly json?: true }) => {
    const standing = await withCatalogue(async (standing) => standing);
    const all = [...standing.concerts.values()].sort((a, b) => a.startsAt - b.startsAt);
    process.stdout.write(options.json ? jsonOf(all) : concertTable(all));
  });

export default new Command("concerts")
  .description("Concerts with their halls and prices, in the compacted topic 'concerts'.")
  .addCommand(apply)
  .addCommand(list)
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice concerts apply scripts/concerts/grand-hall.json
  $ npx boxoffice concerts list

Exit codes: 0 as the file says; 1 --dry-run found changes; 2 the file or the configuration, every error listed;
            3 Kafka or the schema registry can't be reached`,
  );

async function withCatalogue<T>(
  task: (standing: Standing, broker: Broker, codec: Codec) => Promise<T>,
): Promise<T> {
  const { registry } = readConfig(process.env, ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL"]);
  const codec = createCodec({ registry: connectRegistry(registry), records: [Concert], topics: [topic] });
  return await withBroker(async (broker) => {
    const standing = await readCatalogue(broker, codec, new AbortController().signal);
    if (standing.unreadable > 0)
      process.stderr.write(
        `${standing.unreadable} records of '${topic.name}' can't be read and count for nothing\n`,
      );
    return await task(standing, broker, codec);
  });
}

async function publish(changes: readonly ConcertChange[], broker: Broker, codec: Codec): Promise<void> {
  const changed = changes.filter(({ change }) => change !== "unchanged").map(({ concert }) => concert);
  if (changed.length === 0) return;
  await codec.ready(new AbortController().signal);
  const records = changed.map((concert) => ({
    topic: topic.name,
    key: Buffer.from(topic.key(concert)),
    value: codec.encode(topic, concert).value,
    headers: [],
  }));
  await broker.producer().send(records);
}

function changeJson({ concert, change, fields }: ConcertChange) {
  return { concertId: concert.concertId, change, fields };
}

function changeTable(changes: readonly ConcertChange[]): string {
  const rows = changes.map(({ concert, change, fields }) => [
    concert.concertId,
    concert.name,
    seatsOf(concert),
    fields.length > 0 ? `${change}: ${fields.join(", ")}` : change,
  ]);
  return tableOf(["concert", "name", "seats", "change"], rows);
}

function concertTable(concerts: readonly Concert[]): string {
  const rows = concerts.map((concert) => [
    concert.concertId,
    concert.name,
    concert.hall,
    new Date(concert.startsAt).toISOString(),
    seatsOf(concert),
  ]);
  return tableOf(["concert", "name", "hall", "starts", "seats"], rows);
}

function seatsOf({ rows }: Concert): number {
  return rows.reduce((sum, row) => sum + row.seats, 0);
}
