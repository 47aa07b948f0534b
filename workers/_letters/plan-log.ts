import type { Broker } from "../_runtime/broker.ts";
import { UsageError } from "../_runtime/errors.ts";
import type { KafkaRecord } from "../_runtime/record.ts";
import { follow, type Positions } from "./follow.ts";
import { type Frozen, fromChunks } from "./frozen.ts";
import type { Order, Said } from "./job.ts";
import type { Plan } from "./plan.ts";
import { shared } from "./shared.ts";

/** Compact, one partition: all there is of plans and their jobs. */
export const PLANS = "fleet.plans";

const READ_BYTES = 4_194_304;
/** Of a whole topic, and of transactions that are open: ten seconds. */
const READ_LIMIT_MS = 60_000;

/** Of one plan, as far as the log was read. */
export interface Planned {
  readonly plan: Plan;
  readonly order: Order | undefined;
  readonly said: Said | undefined;
}

/** `fleet.plans` in memory, but for the frozen offsets, which are read when asked for. */
export interface PlanLog {
  /** Reads all that was committed, and what is open now, before this call. */
  catchUp(signal: AbortSignal): Promise<void>;
  planned(plan: string): Planned | undefined;
  /** Newest first. */
  all(): readonly Planned[];
  frozen(plan: string): Promise<Frozen>;
}

interface Entry {
  plan: Plan | undefined;
  order: Order | undefined;
  said: Said | undefined;
  /** Offsets of the chunks' records. */
  readonly chunks: number[];
}

export function planLog(broker: Broker, topic = PLANS): PlanLog {
  const entries = new Map<string, Entry>();
  const positions: Positions = new Map();
  const turns = shared();

  const take = ({ key, value, offset }: KafkaRecord) => {
    const [plan = "", part] = key?.toString().split("/") ?? [];
    if (plan === "" || value === null) return;
    const entry = entries.get(plan) ?? { plan: undefined, order: undefined, said: undefined, chunks: [] };
    entries.set(plan, entry);
    // Written by `plan-store.ts` alone.
    if (part === undefined) entry.plan = JSON.parse(value.toString()) as Plan;
    else if (part === "order") entry.order = JSON.parse(value.toString()) as Order;
    else if (part === "job") entry.said = JSON.parse(value.toString()) as Said;
    else entry.chunks[Number(part)] = offset;
  };

  const read = async () => {
    const bounds = await follow(broker, [topic], positions, (records) => records.forEach(take), {
      signal: AbortSignal.timeout(READ_LIMIT_MS),
      // What others have begun, too: who is fenced or decides must know how it ended.
      patienceMs: Number.POSITIVE_INFINITY,
    });
    if (bounds.length === 0)
      throw new UsageError(`Cannot read plans as topic '${topic}' is missing: run 'boxoffice topics apply'`);
  };

  return {
    catchUp: (signal) => turns("read", read, signal),
    planned: (plan) => plannedOf(entries.get(plan)),
    all: () =>
      [...entries.values()]
        .flatMap((entry) => plannedOf(entry) ?? [])
        .sort((a, b) => (a.plan.plan < b.plan.plan ? 1 : -1)),
    async frozen(plan) {
      const texts: string[] = [];
      for (const offset of entries.get(plan)?.chunks ?? []) {
        const [record] = await broker.readAt(topic, 0, offset, READ_BYTES);
        if (record?.offset !== offset || record.value === null)
          throw new Error(`Cannot read plan '${plan}' as a part of it is gone from '${topic}'`);
        texts.push(record.value.toString());
      }
      return fromChunks(texts);
    },
  };
}

function plannedOf(entry: Entry | undefined): Planned | undefined {
  if (entry?.plan === undefined) return undefined;
  return { plan: entry.plan, order: entry.order, said: entry.said };
}
