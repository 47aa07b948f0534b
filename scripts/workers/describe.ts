import { type DeclaredTopic, declaredTopics, ladderOf } from "../../workers/_runtime/derived-topics.ts";
import type { RuntimeConfig, Worker } from "../../workers/_runtime/mod.ts";
import { needsOf } from "../../workers/_runtime/needs.ts";

/** A worker as its declaration and the profile make it, without asking a broker. */
export interface WorkerDescription {
  readonly name: string;
  /** Consumer group; none for one that only serves. */
  readonly group: string | null;
  readonly reads: readonly {
    readonly topic: string;
    readonly records: readonly string[];
    /** One per delay, in order. */
    readonly retryTopics: readonly string[];
    readonly replayTopic: string;
    readonly dlq: string;
  }[];
  readonly emits: readonly string[];
  readonly start: "beginning" | "now";
  /** Waits between attempts. */
  readonly retry: readonly string[];
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly order: "key" | "none";
  readonly serves: boolean;
  readonly permissions: { readonly net: readonly string[] };
  /** Settings without which it doesn't start. */
  readonly needs: readonly string[];
}

type Runtime = Pick<RuntimeConfig, "retry" | "partitions" | "replicationFactor">;

export function describeWorker(worker: Worker, runtime: Runtime): WorkerDescription {
  const topics = declaredTopics([], [worker], runtime);
  return {
    name: worker.name,
    group: worker.reads.length === 0 ? null : worker.name,
    reads: worker.reads.map(({ topic, records }) => ({
      topic: topic.name,
      records: records.map((record) => record.name),
      retryTopics: namesOf(topics, topic.name, "retry"),
      replayTopic: namesOf(topics, topic.name, "replay").join(),
      dlq: namesOf(topics, topic.name, "dlq").join(),
    })),
    emits: worker.emits.map((topic) => topic.name),
    start: worker.start,
    retry: worker.reads.length === 0 ? [] : ladderOf(worker, runtime),
    timeoutMs: worker.timeoutMs,
    concurrency: worker.concurrency,
    order: worker.order,
    serves: worker.serve !== undefined,
    permissions: { net: worker.permissions.net },
    needs: needsOf(worker),
  };
}

function namesOf(
  topics: readonly DeclaredTopic[],
  source: string,
  kind: DeclaredTopic["kind"],
): readonly string[] {
  return topics.filter((topic) => topic.source === source && topic.kind === kind).map((topic) => topic.name);
}
