import { numberAt } from "../../../scripts/k8s/check/fields.ts";
import { type Declarations, mostReplicas, partitionsOf } from "../../../scripts/k8s/declarations.ts";
import { cpuAutoscaler, scaledObject } from "../../../scripts/k8s/scaled-object.ts";
import { ASSUMED } from "./assumed.ts";
import { type Ceiling, ceilingsOf } from "./ceilings.ts";
import { type Scaling, scalingOf } from "./keda.ts";
import type { MeasuredReservation, MeasuredSpike } from "./measured.ts";
import { evenly, type Ground, memberOf, onSaleOf, type Played, type Policy, play } from "./policies.ts";
import { speedOf } from "./simulate.ts";
import { type Demand, type Sum, sumOf, type WorkerFacts } from "./sum.ts";

/** All that docs/scaling.md shows. */
export interface Figures {
  readonly sums: readonly Sum[];
  readonly ceilings: readonly Ceiling[];
  /** Ways to scale payment over the recorded on-sale, and over an even load. */
  readonly onSale: readonly Played[];
  readonly even: readonly Played[];
  readonly generated: Scaling;
}

const A_MINUTE = 1_000_000 / 60;
/** The recorded on-sale so many times as large: what the pods of twelve partitions are good for, and one pod by far is not. */
export const ON_SALE_TIMES = 20;
/** As many pods' work as this, seven tenths of what they could. */
export const EVEN_PODS = 4;
export const EVEN_SECONDS = 1_800;
const EVEN_BUSY = 0.7;
/** Topics with a record a reservation; the catalogue has none. */
const BUSY_TOPICS = ["reservations", "payments"];

/** Pure but for the declarations: the same files give the same figures. */
export function figuresOf(
  declarations: Declarations,
  { reservation, spike }: { readonly reservation: MeasuredReservation; readonly spike: MeasuredSpike },
): Figures {
  const facts = factsOf(declarations);
  const taken = spike.onSale.taken / spike.onSale.asked;
  const demands: readonly Demand[] = [
    { name: "a third", requestsPerSecond: A_MINUTE / 3, acceptedShare: 1 },
    { name: "1,000,000 a minute", requestsPerSecond: A_MINUTE, acceptedShare: 1 },
    { name: "the same, wide", requestsPerSecond: A_MINUTE, acceptedShare: 1, concurrencyTimes: 4 },
    { name: "the same, on-sale", requestsPerSecond: A_MINUTE, acceptedShare: 1 - taken },
    { name: "three times", requestsPerSecond: A_MINUTE * 3, acceptedShare: 1 },
  ];
  const payment = declarations.workers.find(({ name }) => name === "payment");
  if (payment === undefined) throw new RangeError("Cannot simulate as no worker is called 'payment'");
  const generated = scalingOf(scaledObject(declarations, payment));
  const ground: Ground = {
    ...{ spike, assumed: ASSUMED, concurrency: payment.concurrency },
    partitions: partitionsOf(declarations, "reservations"),
  };
  const onSale = onSaleOf(spike, ON_SALE_TIMES);
  const even = evenly(EVEN_BUSY * EVEN_PODS * speedOf(memberOf(ground)), EVEN_SECONDS, spike);
  return {
    sums: demands.map((demand) => sumOf(demand, reservation, facts, ASSUMED)),
    ceilings: ceilingsOf(
      { pods: shippedPods(declarations), brokers: ASSUMED.replicas },
      reservation,
      facts,
      ASSUMED,
    ),
    onSale: onSalePolicies(generated).map((policy) => play(policy, onSale, ground)),
    even: evenPolicies(generated).map((policy) => play(policy, even, ground)),
    generated,
  };
}

function factsOf({ workers }: Declarations): readonly WorkerFacts[] {
  return workers
    .filter(({ name, reads }) => name === "intake" || reads.length > 0)
    .map(({ name, concurrency, reads }) => ({
      ...{ name, concurrency },
      topics: reads.filter(({ topic }) => BUSY_TOPICS.includes(topic.name)).length,
    }));
}

function shippedPods(declarations: Declarations): Readonly<Record<string, number>> {
  const readers = declarations.workers.filter(({ reads }) => reads.length > 0);
  return {
    intake: numberAt(cpuAutoscaler("intake"), "spec", "maxReplicas") ?? 0,
    ...Object.fromEntries(readers.map((worker) => [worker.name, mostReplicas(declarations, worker)])),
  };
}

/** KEDA's own default: what a misspelt key leaves in force. */
const DEFAULT_THRESHOLD = 10;
/** More than a dozen seconds' work of a pod. */
const HIGH_THRESHOLD = 3_000;

function withThreshold({ rules, triggers }: Scaling, lagThreshold: number): Scaling {
  return { rules, triggers: triggers.map((trigger) => ({ ...trigger, lagThreshold })) };
}

function onSalePolicies(generated: Scaling): readonly Policy[] {
  const { rules, triggers } = generated;
  const { min, max } = rules;
  const twice = [{ type: "Percent", value: 100, periodSeconds: 30 }] as const;
  const doubling = { triggers, rules: { ...rules, up: { ...rules.up, policies: twice } } };
  return [
    { name: "one pod", pods: min, scaling: undefined, shown: true },
    { name: "KEDA as generated", pods: min, scaling: generated, shown: true },
    { name: "KEDA, doubling every 30 s", pods: min, scaling: doubling, shown: true },
    {
      name: `KEDA, threshold ${HIGH_THRESHOLD.toLocaleString("en")}`,
      ...{ pods: min, scaling: withThreshold(generated, HIGH_THRESHOLD) },
    },
    { name: "as generated, nodes come first", pods: min, scaling: generated, scheduleSeconds: NODE_SECONDS },
    {
      name: `${max} pods before`,
      pods: max,
      scaling: { triggers, rules: { ...rules, min: max } },
      shown: true,
    },
  ];
}

/** Until a cloud has brought another node into the cluster. */
const NODE_SECONDS = 90;

function evenPolicies(generated: Scaling): readonly Policy[] {
  const [own = DEFAULT_THRESHOLD] = generated.triggers.map(({ lagThreshold }) => lagThreshold);
  const thresholds = [DEFAULT_THRESHOLD, own / 2, own, own * 4, HIGH_THRESHOLD];
  const scaled = thresholds.map((threshold) => ({
    name: `threshold ${threshold.toLocaleString("en")}`,
    ...{ pods: EVEN_PODS, scaling: withThreshold(generated, threshold) },
  }));
  const least = { ...generated, rules: { ...generated.rules, min: EVEN_PODS } };
  return [
    ...scaled,
    { name: `threshold ${own}, ${EVEN_PODS} pods at least`, pods: EVEN_PODS, scaling: least },
    { name: `${EVEN_PODS} pods, no autoscaler`, pods: EVEN_PODS, scaling: undefined },
  ];
}
