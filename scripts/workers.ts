import { Command } from "commander";
import { readConfig } from "../workers/_runtime/mod.ts";
import { loadWorkers } from "../workers/all.ts";
import { jsonOf, tableOf } from "./table.ts";
import { describeWorker, type WorkerDescription } from "./workers/describe.ts";

export default new Command("workers")
  .description("Every worker as its declaration and the profile make it; asks no broker.")
  .option("--json", "as JSON, with record names and all topic names")
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice workers
  $ BOXOFFICE_PROFILE=local npx boxoffice workers --json | jq '.[].reads[].retryTopics'`,
  )
  .action(async (options: { readonly json?: true }) => {
    const { runtime } = readConfig(process.env, []);
    const described = (await loadWorkers()).map((worker) => describeWorker(worker, runtime));
    process.stdout.write(options.json ? jsonOf(described) : workersTable(described));
  });

export function workersTable(workers: readonly WorkerDescription[]): string {
  return tableOf(
    ["worker", "reads", "emits", "retry after", "timeout", "in flight", "order", "may reach"],
    workers.map((worker) => [
      worker.name,
      worker.reads.map((read) => `${read.topic}: ${read.records.join(", ")}`).join("\n") || "(serves HTTP)",
      worker.emits.join("\n"),
      worker.retry.join(" "),
      worker.reads.length === 0 ? "" : `${worker.timeoutMs / 1000} s`,
      worker.reads.length === 0 ? "" : worker.concurrency,
      worker.reads.length === 0 ? "" : worker.order,
      worker.permissions.net.join("\n"),
    ]),
  );
}
