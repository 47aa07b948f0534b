import type { RecordType, Topic } from "../_runtime/event.ts";
import type { Worker } from "../_runtime/worker.ts";
import { partsOfDlq } from "./letter.ts";

/** Who reads what lies in a DLQ, by the declarations. */
export interface ReaderOfDlq {
  readonly worker: Worker;
  /** The source topic. */
  readonly topic: Topic;
  /** Those of its records that the worker handles. */
  readonly records: readonly RecordType[];
}

/** Undefined: no worker of this build has such a DLQ. */
export function readerOfDlq(workers: readonly Worker[], dlq: string): ReaderOfDlq | undefined {
  const parts = partsOfDlq(dlq);
  const worker = workers.find(({ name }) => name === parts?.worker);
  const source = worker?.reads.find(({ topic }) => topic.name === parts?.topic);
  return worker && source && { worker, topic: source.topic, records: source.records };
}
