import type { Assumed } from "./assumed.ts";
import type { MeasuredReservation, Paced } from "./measured.ts";

export interface Demand {
  readonly name: string;
  /** To `POST /reservations`. */
  readonly requestsPerSecond: number;
  /** Of them, that find their seats free. */
  readonly acceptedShare: number;
  /** Handlers at once to those declared. @default 1 */
  readonly concurrencyTimes?: number;
}

/** As declared. */
export interface WorkerFacts {
  readonly name: string;
  readonly concurrency: number;
  /** Topics it reads that every reservation writes to; each has transactions of its own a partition. */
  readonly topics: number;
}

/** Pods of a worker: as many as its CPU and its waiting need, whichever is more. */
export interface WorkerNeed {
  readonly name: string;
  readonly cores: number;
  readonly byCpu: number;
  readonly byWaiting: number;
  readonly pods: number;
}

export interface Sum {
  readonly demand: Demand;
  readonly acceptedPerSecond: number;
  readonly workers: readonly WorkerNeed[];
  readonly partitions: number;
  readonly brokers: number;
  readonly brokerCores: number;
  /** Into the leaders' logs, and to the brokers' disks with all replicas, MB a second. */
  readonly logMb: number;
  readonly diskMb: number;
  /** What readers fetch, MB a second. */
  readonly fetchMb: number;
  /** Transactions a second when the brokers are busy (groups at their longest) and when they are idle. */
  readonly transactions: { readonly least: number; readonly most: number };
  readonly redisCalls: number;
  readonly redisCores: number;
  readonly redisShards: number;
  /** A minute's reservations in Redis, GB. */
  readonly redisGb: number;
  /** A minute's records on all disks, GB. */
  readonly diskGb: number;
}

/** Bounds of a partition's pace in `transaction.ts`: it waits four times as long as a transaction took, 20 to 200 ms. */
const TRANSACTION_SECONDS = { quick: 0.025, slow: 0.25 };
/** Counts that many numbers of pods divide. */
const ROUND = [12, 24, 36, 48, 60, 72, 96, 120, 144, 180, 240, 300, 360, 480, 600, 720, 960];

/** What a demand takes, by the figures of the highest measured rate. Pure. */
export function sumOf(
  demand: Demand,
  measured: MeasuredReservation,
  facts: readonly WorkerFacts[],
  assumed: Assumed,
): Sum {
  const { requestsPerSecond, acceptedShare, concurrencyTimes = 1 } = demand;
  const cost = busiest(measured);
  const acceptedPerSecond = requestsPerSecond * acceptedShare;
  const refusedPerSecond = requestsPerSecond - acceptedPerSecond;
  const coresOf = (name: string) =>
    (acceptedPerSecond * cpuOf(cost, name) + refusedPerSecond * cpuOf(measured.refused, name)) / 1000;
  const workers = facts.map((fact) => {
    const cores = coresOf(fact.name);
    const byCpu = Math.ceil(cores / assumed.podBusy);
    const busy = acceptedPerSecond * waitingSeconds(fact.name, measured, assumed);
    const byWaiting = Math.ceil(busy / (fact.concurrency * concurrencyTimes) / assumed.podBusy);
    return { name: fact.name, cores, byCpu, byWaiting, pods: Math.max(1, byCpu, byWaiting) };
  });
  const readers = facts.filter(({ topics }) => topics > 0).map(({ name }) => name);
  const mostPods = Math.max(...workers.filter(({ name }) => readers.includes(name)).map(({ pods }) => pods));
  const partitions = roundUp(mostPods * assumed.partitionHeadroom);
  const lanes = partitions * facts.reduce((sum, { topics }) => sum + topics, 0);
  const brokerCores = coresOf("kafka") * (1 + assumed.followerShare * (assumed.replicas - 1));
  const { reservations, payments } = cost.topics;
  const logMb = (acceptedPerSecond * (reservations.disk + payments.disk)) / 1e6;
  const redisCores = coresOf("redis");
  return {
    ...{ demand, acceptedPerSecond, workers, partitions, brokerCores, logMb, redisCores },
    brokers: Math.max(assumed.replicas, Math.ceil(brokerCores / assumed.brokerCores / assumed.brokerBusy)),
    diskMb: logMb * assumed.replicas,
    fetchMb:
      (acceptedPerSecond * (reservations.disk * READERS.reservations + payments.disk * READERS.payments)) /
      1e6,
    transactions: { least: lanes / TRANSACTION_SECONDS.slow, most: lanes / TRANSACTION_SECONDS.quick },
    redisCalls:
      acceptedPerSecond * Object.values(measured.redisCalls).reduce((sum, calls) => sum + calls, 0) +
      refusedPerSecond,
    redisShards: Math.ceil(redisCores / assumed.redisBusy),
    redisGb: (acceptedPerSecond * 60 * cost.redisBytes) / 1e9,
    diskGb: (logMb * assumed.replicas * 60) / 1e3,
  };
}

/** Groups that fetch each topic. */
const READERS = { reservations: 4, payments: 2 };

/** The highest rate that was measured: there transactions and requests hold the most, as they do at scale. */
export function busiest({ loads }: MeasuredReservation): Paced {
  const sorted = loads.toSorted((a, b) => b.perSecond - a.perSecond);
  const [first] = sorted;
  if (first === undefined) throw new RangeError("Cannot sum up as nothing was measured");
  return first;
}

/** CPU of one request; what is lost in the noise counts as nothing. */
export function cpuOf({ cpuMs }: Pick<Paced, "cpuMs">, name: string): number {
  return Math.max(0, cpuMs[name] ?? 0);
}

/** How long a handler of a reservation holds one of its worker's places. */
export function waitingSeconds(name: string, { redisCalls }: MeasuredReservation, assumed: Assumed): number {
  const redis = (redisCalls[name] ?? 0) * assumed.redisSeconds;
  if (name === "payment") return assumed.gatewaySeconds + redis;
  if (name === "notification") return assumed.smtpSeconds + redis;
  return redis;
}

function roundUp(partitions: number): number {
  return ROUND.find((count) => count >= partitions) ?? Math.ceil(partitions / 120) * 120;
}
