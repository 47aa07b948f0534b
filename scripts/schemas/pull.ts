import { writeFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { topics } from "../../schemas/topics.ts";
import { readConfig, UsageError } from "../../workers/_runtime/mod.ts";
import { connectRegistry } from "../../workers/_runtime/registry.ts";
import { registryCalls } from "../../workers/_runtime/registry-http.ts";
import { loadWorkers } from "../../workers/all.ts";
import { scanProgress } from "../desk/scan-progress.ts";
import { withBroker } from "../with-broker.ts";
import { makeSnapshot } from "./fleet/make-snapshot.ts";
import { scanTopics } from "./fleet/scan-topics.ts";
import { type ScannedTopic, type Snapshot, snapshotText } from "./fleet/snapshot.ts";

interface Options {
  readonly topics: boolean;
  readonly limit?: number;
  readonly output: string;
}

/** Of one answer of the registry. */
const TIMEOUT_MS = 10_000;
/** Of the whole reading of topics. */
const SCAN_LIMIT_MS = 15 * 60_000;

export const pull = new Command("pull")
  .description(
    "Writes schemas/snapshot.json: every registered version, and which schema ids still lie in source, retry, replay " +
      "and dead letter topics. What 'schemas check' knows of the running fleet when it has no broker.",
  )
  .option("--no-topics", "ask the registry only")
  .option("--limit <records>", "read only the newest of each partition (@default all)", positive)
  .option("--output <file>", "write there; - for stdout", "schemas/snapshot.json")
  .addHelpText(
    "after",
    `
Of a record only the five bytes in front of its value are looked at. A full reading takes about a second for
100,000 records. With --limit a schema that only older records have is missing: 'skipped' says how many weren't read.

Exit codes: 0 written; 2 configuration; 3 the registry or Kafka can't be reached`,
  )
  .action(async ({ topics: withTopics, limit, output }: Options) => {
    const { registry } = readConfig(process.env, [
      "SCHEMA_REGISTRY_URL",
      ...(withTopics ? ["KAFKA_BROKERS"] : []),
    ]);
    const signal = new AbortController().signal;
    const scanned = withTopics ? await scan(limit) : null;
    const sources = {
      call: registryCalls(registry, TIMEOUT_MS),
      registry: connectRegistry(registry, { timeoutMs: TIMEOUT_MS }),
      ...{ topics, workers: await loadWorkers(), scanned, signal },
    };
    const made = await makeSnapshot(sources, new Date());
    if (output === "-") process.stdout.write(snapshotText(made));
    else write(output, snapshotText(made));
    process.stderr.write(`${output === "-" ? "" : `${output}: `}${summary(made)}\n`);
  });

async function scan(limit: number | undefined): Promise<readonly ScannedTopic[]> {
  const shown = scanProgress();
  try {
    return await withBroker((broker) =>
      scanTopics(
        broker,
        topics.map(({ name }) => name),
        {
          signal: AbortSignal.timeout(SCAN_LIMIT_MS),
          ...(limit !== undefined && { limit }),
          progress: (done, of) => shown.progress("reading records", done, of),
        },
      ),
    );
  } finally {
    shown.end();
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot write the snapshot to '${file}': ${why}`, { cause: error });
  }
}

function summary({ subjects, others, topics }: Snapshot): string {
  const versions = subjects.reduce((sum, subject) => sum + subject.versions.length, 0);
  const registered = `${versions} versions of ${subjects.length} subjects`;
  if (topics === null) return `${registered}; topics were not read`;
  const read = topics.reduce((sum, topic) => sum + topic.read, 0);
  return `${registered}, ${read} records in ${topics.length} topics${others.length === 0 ? "" : `, ${others.length} schemas there that no subject has`}`;
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("It must be a whole number above 0.");
}
