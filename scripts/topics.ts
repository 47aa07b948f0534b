import { Command } from "commander";
import { topics as sources } from "../schemas/topics.ts";
import { type DeclaredTopic, declaredTopics } from "../workers/_runtime/derived-topics.ts";
import { exitCodes, readConfig, type Worker } from "../workers/_runtime/mod.ts";
import { loadWorkers } from "../workers/all.ts";
import { jsonOf } from "./table.ts";
import { applyPlan, type Port } from "./topics/apply.ts";
import { observeTopics } from "./topics/observe.ts";
import { planTopics } from "./topics/plan.ts";
import { appliedTable, planJson, planTable } from "./topics/show.ts";
import { withBroker } from "./with-broker.ts";

interface Options {
  readonly json?: true;
  readonly prune?: true;
}

const plan = new Command("plan")
  .description("What separates the broker from the declarations and the profile; changes nothing.")
  .option("--json", "every topic as JSON, those as declared too")
  .action(async (options: Options) => {
    const { declared } = await declarations();
    await withBroker(async (port) => {
      const planned = planTopics(declared, await observeTopics(port, declared));
      process.stdout.write(options.json ? jsonOf(planJson(planned)) : planTable(planned));
      if (planned.some((topic) => topic.action === "differs")) process.exitCode = exitCodes.no;
    });
  });

const apply = new Command("apply")
  .description(
    "Creates what is missing and adds partitions where a family of topics is drained. Refuses what differs\n" +
      "otherwise, and with it everything of the same source topic. Doing it again does nothing.",
  )
  .option(
    "--prune",
    "delete topics that nothing declares any more, when they are drained and their worker is stopped",
  )
  .option("--json", "what was done, as JSON")
  .action(async (options: Options) => {
    const { declared, workers } = await declarations();
    await withBroker(async (port) => {
      const results = await applyDeclared(port, declared, workers, options.prune ?? false);
      process.stdout.write(options.json ? jsonOf(results) : appliedTable(results));
      if (results.some((topic) => topic.result === "refused")) process.exitCode = exitCodes.no;
    });
  });

export default new Command("topics")
  .description("Kafka's topics, derived from schemas/topics.ts, the workers' declarations and the profile.")
  .addCommand(plan)
  .addCommand(apply)
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice topics plan
  $ TOPIC_PARTITIONS=24 npx boxoffice topics apply       more partitions, once everything is drained

Exit codes: 0 as declared, or apply makes it so; 1 apply refuses, the difference is shown; 2 configuration;
            3 the broker can't be reached`,
  );

/** Plans and applies at once. */
export async function applyDeclared(
  port: Port,
  declared: readonly DeclaredTopic[],
  workers: readonly Worker[],
  prune: boolean,
): ReturnType<typeof applyPlan> {
  const planned = planTopics(declared, await observeTopics(port, declared));
  return await applyPlan(port, planned, workers, { prune });
}

async function declarations(): Promise<{
  readonly declared: readonly DeclaredTopic[];
  readonly workers: readonly Worker[];
}> {
  const { runtime } = readConfig(process.env, []);
  const workers = await loadWorkers();
  return { declared: declaredTopics(sources, workers, runtime), workers };
}
