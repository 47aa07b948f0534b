import { type Broker, TransactionFailed } from "../_runtime/broker.ts";
import { Unavailable } from "../_runtime/errors.ts";
import type { OutRecord } from "../_runtime/record.ts";
import { pause } from "../_runtime/wait.ts";
import { auditRecord } from "./audit.ts";
import type { AuditEntry } from "./audit-entry.ts";
import { type Frozen, toChunks } from "./frozen.ts";
import type { Order, Said } from "./job.ts";
import type { Plan } from "./plan.ts";
import { newPlanId } from "./plan-id.ts";
import { PLANS, type PlanLog, type Planned, planLog } from "./plan-log.ts";

/** How often a change is tried again that another fenced, or whose end is unknown. */
const MOST_TRIES = 30;
const GROUP = "plans";

/** What a change writes under a plan's keys, in one transaction. */
export interface PlanChange {
  readonly plan?: Plan;
  readonly frozen?: Frozen;
  readonly order?: Order;
  readonly said?: Said;
  readonly audit?: AuditEntry;
}

/** Plans and their jobs in Kafka. */
export interface PlanStore {
  readonly log: PlanLog;
  /** Keeps a new plan under an id that nobody has, with its entry in the audit trail. */
  keep(draft: Omit<Plan, "plan">, frozen: Frozen, signal: AbortSignal): Promise<Plan>;
  /**
   * Decides by what stands and writes; whoever does so at the same time decides after it. `decide` may be called
   * again, and changes nothing itself; undefined: nothing to write.
   * @throws {Unavailable} when Kafka is away for too long
   */
  change(
    plan: string,
    decide: (now: Planned | undefined) => PlanChange | undefined,
    signal: AbortSignal,
  ): Promise<Planned | undefined>;
}

/** `topic`: of the plans; another one for tests, whose plans no replayer of others shall take up. */
export function planStore(broker: Broker, topic = PLANS): PlanStore {
  const log = planLog(broker, topic);
  const put = (key: string, value: string) => planRecord(topic, key, value);

  /** One try; undefined: somebody came between, or nobody knows. */
  const attempt = async (
    plan: string,
    decide: (now: Planned | undefined) => PlanChange | undefined,
    signal: AbortSignal,
  ): Promise<boolean> => {
    const producer = broker.transactional(`plans-${plan}`);
    try {
      await producer.fence();
      await log.catchUp(signal);
      const change = decide(log.planned(plan));
      // A batch of its own each: together they may be more than the broker takes at once.
      for (const chunk of chunksOf(plan, change, put)) await producer.commit(GROUP, [chunk], []);
      if (change) await producer.commit(GROUP, recordsOf(plan, change, put), []);
      return true;
    } catch (error) {
      if (error instanceof TransactionFailed && error.kind !== "refused") return false;
      throw error;
    } finally {
      await producer.close();
    }
  };

  const change: PlanStore["change"] = async (plan, decide, signal) => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      signal.throwIfAborted();
      if (await attempt(plan, decide, signal)) {
        await log.catchUp(signal);
        return log.planned(plan);
      }
      await pause(Math.random() * Math.min(50 * 2 ** tries, 2_000), signal);
    }
    throw new Unavailable("kafka", `Cannot write plan '${plan}' as its transactions fail: try again`);
  };

  return {
    log,
    change,
    async keep(draft, frozen, signal) {
      for (;;) {
        const plan: Plan = { ...draft, plan: newPlanId(draft.time) };
        let taken = false;
        await change(
          plan.plan,
          (now) => {
            // After an unknown end it may be this very plan that stands.
            taken = now !== undefined && JSON.stringify(now.plan) !== JSON.stringify(plan);
            return now === undefined ? { plan, frozen, audit: kept(plan) } : undefined;
          },
          signal,
        );
        if (!taken) return plan;
      }
    },
  };
}

function kept({ plan, by, reason, time, letters }: Plan): AuditEntry {
  return { time, by, action: "plan", reason, plan, letters };
}

type Put = (key: string, value: string) => OutRecord;

function chunksOf(plan: string, change: PlanChange | undefined, put: Put): OutRecord[] {
  return change?.frozen ? toChunks(change.frozen).map((chunk, n) => put(`${plan}/${n}`, chunk)) : [];
}

/** The plan itself comes after its chunks: whoever sees it sees its offsets. */
function recordsOf(plan: string, { plan: whole, order, said, audit }: PlanChange, put: Put): OutRecord[] {
  const records: OutRecord[] = [];
  if (whole) records.push(put(plan, JSON.stringify(whole)));
  if (order) records.push(put(`${plan}/order`, JSON.stringify(order)));
  if (said) records.push(put(`${plan}/job`, JSON.stringify(said)));
  if (audit) records.push(auditRecord(audit));
  return records;
}

function planRecord(topic: string, key: string, value: string): OutRecord {
  return { topic, partition: 0, key: Buffer.from(key), value: Buffer.from(value), headers: [] };
}
