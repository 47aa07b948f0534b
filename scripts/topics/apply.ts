import { isConnectionError } from "../../workers/_runtime/broker/broker-error.ts";
import type { Broker } from "../../workers/_runtime/broker.ts";
import type { DeclaredTopic } from "../../workers/_runtime/derived-topics.ts";
import { UsageError, type Worker } from "../../workers/_runtime/mod.ts";
import { isDrained } from "./observe.ts";
import { familyName, type PlannedTopic } from "./plan.ts";

/** What was done with a topic, or why not. */
export interface AppliedTopic {
  readonly name: string;
  readonly result: "created" | "grown" | "deleted" | "refused" | "kept";
  /** For people, when it was refused or kept. */
  readonly why?: string;
}

export interface ApplyOptions {
  /** Deletes retiring topics that are empty. */
  readonly prune: boolean;
}

export type Port = Pick<Broker, "admin" | "readAt">;

/**
 * Makes the broker as planned: creates what is missing, adds partitions where that is safe, refuses what
 * differs. A family (a source topic and all derived from it) with anything refused is left as it is, since
 * its topics must have the same partition count. Doing it twice does nothing the second time.
 */
export async function applyPlan(
  port: Port,
  plan: readonly PlannedTopic[],
  workers: readonly Worker[],
  { prune }: ApplyOptions,
): Promise<readonly AppliedTopic[]> {
  const refused = await refusals(port, plan, workers);
  const allowed = plan.filter((topic) => !refused.has(familyName(topic)));
  const results: AppliedTopic[] = plan
    .filter((topic) => topic.action === "differs" || topic.action === "create" || topic.action === "grow")
    .flatMap((topic) => {
      const why = refused.get(familyName(topic));
      return why === undefined ? [] : [{ name: topic.name, result: "refused" as const, why }];
    });

  const missing = allowed.flatMap(({ action, declared }) =>
    action === "create" && declared ? [declared] : [],
  );
  if (missing.length > 0) await create(port, missing);
  results.push(...missing.map(({ name }) => ({ name, result: "created" as const })));

  // Derived first, source last: a member that sees new source partitions finds where to route to.
  const growing = allowed.filter((topic) => topic.action === "grow");
  for (const topic of growing.toSorted((a, b) => Number(a.kind === "source") - Number(b.kind === "source"))) {
    if (topic.declared === undefined) continue;
    await port.admin.addPartitions(topic.name, topic.declared.partitions);
    results.push({ name: topic.name, result: "grown" });
  }
  if (prune) results.push(...(await pruneRetiring(port, plan)));
  return results;
}

/** @throws {UsageError} when the broker won't have them as declared; those it took stay */
async function create({ admin }: Port, missing: readonly DeclaredTopic[]): Promise<void> {
  try {
    await admin.createTopics(missing);
  } catch (error) {
    if (isConnectionError(error) || !(error instanceof Error)) throw error;
    const replicas = /replication/i.test(error.message)
      ? ": is TOPIC_REPLICATION_FACTOR more than there are brokers?"
      : "";
    throw new UsageError(`${error.message}${replicas}`, { cause: error });
  }
}

/** Family -> why nothing of it is changed. */
async function refusals(
  port: Port,
  plan: readonly PlannedTopic[],
  workers: readonly Worker[],
): Promise<ReadonlyMap<string, string>> {
  const refused = new Map<string, string>();
  for (const topic of plan) {
    if (topic.action !== "differs") continue;
    const shown = topic.differences.map(
      ({ key, actual, declared }) => `${key} is ${actual ?? "unset"}, declared ${declared}`,
    );
    refused.set(familyName(topic), `'${topic.name}' differs: ${shown.join("; ")}`);
  }
  const growing = new Set(plan.filter((topic) => topic.action === "grow").map(familyName));
  for (const family of growing) {
    if (refused.has(family)) continue;
    const busy = await undrained(port, plan, workers, family);
    if (busy !== undefined)
      refused.set(
        family,
        `partitions can only be added when drained, or records of one key end in two partitions: ${busy}`,
      );
  }
  return refused;
}

/** Names the first topic of `family` that a reading group isn't done with. */
async function undrained(
  port: Port,
  plan: readonly PlannedTopic[],
  workers: readonly Worker[],
  family: string,
): Promise<string | undefined> {
  const groups = workers.filter((worker) => worker.reads.some((read) => read.topic.name === family));
  for (const { name: group } of groups) {
    const read = plan.filter(
      (topic) =>
        topic.action !== "create" &&
        familyName(topic) === family &&
        (topic.kind === "source" || (topic.worker === group && topic.kind !== "dlq")),
    );
    for (const { name } of read) {
      if (!(await isDrained(port, group, name))) return `'${group}' is not done with '${name}'`;
    }
  }
  return undefined;
}

/**
 * Deletes retiring topics that hold nothing. While the group has members they are kept: an older build among
 * them may still write there.
 */
async function pruneRetiring(port: Port, plan: readonly PlannedTopic[]): Promise<readonly AppliedTopic[]> {
  const results: AppliedTopic[] = [];
  for (const { name, worker, kind } of plan.filter((topic) => topic.action === "retiring")) {
    if (worker === undefined) continue;
    const members = await port.admin.members(worker);
    // Nobody's commits say that letters are dealt with: a DLQ is empty when it holds no record.
    const empty = await isDrained(port, kind === "dlq" ? undefined : worker, name);
    if (!empty) results.push({ name, result: "kept", why: "it is not drained" });
    else if (members.length > 0)
      results.push({ name, result: "kept", why: `'${worker}' is running: scale it to zero first` });
    else results.push({ name, result: "deleted" });
  }
  await port.admin.deleteTopics(
    results.filter((topic) => topic.result === "deleted").map((topic) => topic.name),
  );
  return results;
}
