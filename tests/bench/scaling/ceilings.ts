import type { Assumed } from "./assumed.ts";
import type { MeasuredReservation } from "./measured.ts";
import { busiest, cpuOf, type WorkerFacts, waitingSeconds } from "./sum.ts";

/** Where what ships comes to its end, as it stands. */
export interface Ceiling {
  readonly part: string;
  /** Accepted reservations a second. */
  readonly perSecond: number;
  readonly why: string;
}

/** What is deployed as it ships. */
export interface Shipped {
  /** Most pods by worker. */
  readonly pods: Readonly<Record<string, number>>;
  readonly brokers: number;
}

/** Every limit of a deployment as it ships, the lowest first. Pure. */
export function ceilingsOf(
  shipped: Shipped,
  measured: MeasuredReservation,
  facts: readonly WorkerFacts[],
  assumed: Assumed,
): readonly Ceiling[] {
  const cost = busiest(measured);
  const workers = facts.flatMap(({ name, concurrency }) => {
    const pods = shipped.pods[name] ?? 0;
    const cpu = cpuOf(cost, name);
    const waiting = waitingSeconds(name, measured, assumed);
    return [
      {
        part: name,
        perSecond: (pods * assumed.podBusy * 1000) / cpu,
        why: `${pods} pods, ${cpu.toFixed(2)} ms CPU each`,
      },
      {
        part: name,
        perSecond: (pods * concurrency) / waiting,
        why: `${pods} pods, ${concurrency} at once, ${(waiting * 1000).toFixed(0)} ms each`,
      },
    ];
  });
  const redis = cpuOf(cost, "redis");
  const brokers = cpuOf(cost, "kafka") * (1 + assumed.followerShare * (assumed.replicas - 1));
  const services = [
    { part: "Redis", perSecond: 1000 / redis, why: `one thread, ${redis.toFixed(2)} ms each` },
    {
      part: "brokers",
      perSecond: (shipped.brokers * assumed.brokerCores * assumed.brokerBusy * 1000) / brokers,
      why: `${shipped.brokers} of ${assumed.brokerCores} cores, ${brokers.toFixed(2)} ms each with followers`,
    },
  ];
  return [...workers, ...services]
    .filter(({ perSecond }) => Number.isFinite(perSecond) && perSecond > 0)
    .sort((a, b) => a.perSecond - b.perSecond);
}
