import type { Test } from "tap";
import { carryOut } from "../../workers/_letters/carry-out.ts";
import { type Frozen, freeze } from "../../workers/_letters/frozen.ts";
import { type JobsDesk, jobsDesk } from "../../workers/_letters/jobs.ts";
import { type KnownStates, knownStates } from "../../workers/_letters/known-states.ts";
import { createLanes, type Lanes } from "../../workers/_letters/lane.ts";
import type { Plan } from "../../workers/_letters/plan.ts";
import { type PlanStore, planStore } from "../../workers/_letters/plan-store.ts";
import { connectBroker } from "../../workers/_runtime/broker/connect.ts";
import type { Broker } from "../../workers/_runtime/broker.ts";
import { type Ours, withOurs } from "../../workers/_runtime/headers.ts";
import type { Header, OutRecord } from "../../workers/_runtime/record.ts";
import { type Fleet, until } from "./fleet.ts";

/** What one process of an operator or a replayer has, on connections of its own. */
export interface Hands {
  readonly broker: Broker;
  readonly states: KnownStates;
  readonly lanes: Lanes;
  readonly store: PlanStore;
  readonly jobs: JobsDesk;
  /** As the replayer does; ends with the test. */
  carryOut(plan: string): Promise<void>;
}

export const signal = new AbortController().signal;
export const call = { signal, by: "ann" };

const topics = new WeakMap<Fleet, Promise<string>>();

/** A topic of plans of the test's own: a replayer that another test runs must not carry them out, too. */
export function plansOf(f: Fleet): Promise<string> {
  const name = f.unique("plans");
  const made =
    topics.get(f) ??
    f.broker.admin
      .createTopics([{ name, partitions: 1, config: { "cleanup.policy": "compact" } }])
      .then(() => name);
  topics.set(f, made);
  return made;
}

/** `storeOf`: with the fleet's own topic of plans, for a replayer that runs in a stack of the test's own. */
export async function hands(t: Test, f: Fleet, storeOf?: (broker: Broker) => PlanStore): Promise<Hands> {
  const topic = storeOf ? undefined : await plansOf(f);
  const own = bareHands(f, storeOf ?? ((broker) => planStore(broker, topic)));
  t.teardown(() => own.close());
  return own;
}

/** As `hands()`, for programs that are no test; to be closed. */
export function bareHands(
  f: Fleet,
  storeOf: (broker: Broker) => PlanStore = planStore,
): Hands & { close(): Promise<void> } {
  const broker = connectBroker(f.config.kafka, { clientId: "hands", log: f.log });
  const states = knownStates(broker);
  const lanes = createLanes(broker, states);
  const store = storeOf(broker);
  const ended = new AbortController();
  const running = new Set<Promise<void>>();
  return {
    broker,
    states,
    lanes,
    store,
    jobs: jobsDesk({ store, states, schedule: async () => {}, othersNow: async () => [] }),
    carryOut(plan) {
      const run = carryOut({ broker, store, lanes, states }, plan, ended.signal);
      running.add(run);
      run.catch(() => {});
      return run;
    },
    async close() {
      ended.abort(new Error("the test is over"));
      await Promise.allSettled(running);
      await lanes.close();
      await broker.close();
    },
  };
}

/** Deletes a topic and waits until the broker knows, a moment after its answer. */
export async function deleteTopic(t: Test, { broker }: Fleet, topic: string): Promise<void> {
  await broker.admin.deleteTopics([topic]);
  await until(t, "it is gone", async () => !(await broker.admin.listTopics()).includes(topic));
}

/** A letter as a worker writes it. */
export function letter(
  f: Fleet,
  dlq: string,
  record: OutRecord,
  {
    partition = 0,
    offset,
    theirs = [],
    ...ours
  }: { partition?: number; offset: number; theirs?: readonly Header[] } & Ours,
): OutRecord {
  const [, source = "", worker = ""] = /^(.+)\.([^.]+)\.dlq$/.exec(dlq) ?? [];
  return {
    ...record,
    topic: dlq,
    partition,
    headers: withOurs(theirs, {
      id: { topic: source, partition, offset },
      time: 1_000 + offset,
      attempt: 2,
      firstFailed: 2_000,
      stage: "handle",
      error: "Error",
      reason: "for now",
      fingerprint: "abc",
      worker,
      build: f.unique("build"),
      ...ours,
    }),
  };
}

/** Every letter that lies in a DLQ now, frozen. */
export async function everyLetter(f: Fleet, dlq: string): Promise<Frozen> {
  return freeze(
    (await f.all(dlq)).map(({ topic, partition, offset }) => ({ dlq: topic, partition, offset })),
  );
}

export async function keepPlan(
  { store }: Hands,
  frozen: Frozen,
  more: { to?: "worker" | "source"; otherGroups?: readonly string[] } = {},
): Promise<Plan> {
  const { to = "worker", otherGroups = [] } = more;
  const dlqs = [...new Set(frozen.map(({ dlq }) => dlq))];
  let letters = 0;
  for (const { runs } of frozen) for (const [, count] of runs) letters += count;
  return await store.keep(
    {
      by: "ann",
      reason: "a test",
      time: Date.now(),
      filter: {},
      to,
      attemptCap: 5,
      letters,
      targets: dlqs.map((dlq) => {
        const [, source = "", worker = ""] = /^(.+)\.([^.]+)\.dlq$/.exec(dlq) ?? [];
        return {
          dlq,
          worker,
          to: to === "source" ? source : `${source}.${worker}.replay`,
          letters: 0,
          partitions: [],
          otherGroups,
        };
      }),
      capped: 0,
      notOpen: 0,
      replayedBefore: 0,
      edited: 0,
      undecodable: [],
      overtaken: "not checked",
      expiring: 0,
      bytes: 0,
      expectedMs: undefined,
    },
    frozen,
    signal,
  );
}
