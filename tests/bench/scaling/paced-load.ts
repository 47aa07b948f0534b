import { join } from "node:path";
import { runLoad } from "../../../scripts/load/run-load.ts";
import type { RedisConnection } from "../../../workers/_runtime/mod.ts";
import type { BenchFleet } from "./bench-fleet.ts";
import { read } from "./meter.ts";
import { evenTimes, sideBySide } from "./side-by-side.ts";
import { diskBytes, endsOf, recordsSince, writtenOf } from "./topic-bytes.ts";

export interface PacedLoad {
  readonly perSecond: number;
  readonly seconds: number;
  /** Of the first fan, and of its seats. */
  readonly from: number;
  readonly pair: number;
  /** Resolves when all that was begun has ended. */
  readonly rest: () => Promise<void>;
  /** What is used up with nothing to do, which is no request's fault. @default nothing */
  readonly idle: { readonly cpuMsPerSecond: Readonly<Record<string, number>> } | undefined;
}

/** Figures are means of one request. */
export interface Paced {
  readonly perSecond: number;
  readonly requests: number;
  readonly accepted: number;
  readonly taken: number;
  readonly p99Ms: number;
  readonly cpuMs: Readonly<Record<string, number>>;
  readonly transactions: number;
  readonly topics: Readonly<Record<string, { records: number; bytes: number; disk: number }>>;
  readonly redisBytes: number;
}

const TOPICS = ["reservations", "payments"];

/** Sends requests at an even pace, waits until all has ended, and says what each cost. */
export async function pacedLoad(
  bench: BenchFleet,
  redis: RedisConnection,
  { perSecond, seconds, from, pair, rest, idle }: PacedLoad,
  signal: AbortSignal,
): Promise<Paced> {
  const { fleet, stack, broker, concertId, rows } = bench;
  const data = join(stack.folder, "kafka/1/data");
  const shop = { url: fleet.intakeUrl, concertId, run: `b${process.pid}`, timeoutMs: 10_000 };
  const ends = new Map(
    await Promise.all(TOPICS.map(async (name) => [name, await endsOf(broker, name)] as const)),
  );
  const disk = diskBytes(data);
  const before = await read(bench, redis);
  const steps = sideBySide({ times: evenTimes(perSecond, seconds), from, pair, rows });
  const load = await runLoad({ shop, steps, sow: async () => {}, note: () => {} }, signal);
  await rest();
  const after = await read(bench, redis);
  const diskAfter = diskBytes(data);
  const lasted = (after.at - before.at) / 1000;
  const requests = load.steps;
  const cpu = Object.keys(after.cpuMs).map((name) => {
    const used = (after.cpuMs[name] ?? 0) - (before.cpuMs[name] ?? 0);
    return [name, (used - (idle?.cpuMsPerSecond[name] ?? 0) * lasted) / requests];
  });
  const topics: Record<string, { records: number; bytes: number; disk: number }> = {};
  for (const name of TOPICS) {
    const { records, bytes } = writtenOf(await recordsSince(broker, name, ends.get(name) ?? new Map()));
    const onDisk = (diskAfter[name] ?? 0) - (disk[name] ?? 0);
    topics[name] = { records: records / requests, bytes: bytes / requests, disk: onDisk / requests };
  }
  return {
    ...{ perSecond, requests, accepted: load.reservations.accepted, taken: load.reservations.soldOut },
    p99Ms: load.latency.fromIntended.p99,
    cpuMs: Object.fromEntries(cpu),
    transactions: (after.transactions - before.transactions) / requests,
    topics,
    redisBytes: (after.redisBytes - before.redisBytes) / requests,
  };
}
