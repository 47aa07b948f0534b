import { runLoad } from "../../../scripts/load/run-load.ts";
import { pauseOrThrow } from "../../../scripts/pause-or-throw.ts";
import { startGuard } from "../../../scripts/stack/guard.ts";
import { untilReady } from "../../../scripts/start/ready.ts";
import { startWorkers } from "../../../scripts/start/workers.ts";
import { loadWorkers } from "../../../workers/all.ts";
import { untilAtRest } from "./at-rest.ts";
import type { BenchFleet } from "./bench-fleet.ts";
import { sumOf } from "./meter.ts";
import { sideBySide } from "./side-by-side.ts";
import { endsOf, recordsSince } from "./topic-bytes.ts";

export interface DrainRun {
  readonly name: string;
  /** Second members of payment: there from the beginning, ordered after so many ms, or none. */
  readonly second: "from the beginning" | "none" | { readonly afterMs: number };
  /** When reservations are asked for, ms. */
  readonly times: readonly number[];
  readonly from: number;
}

/** What the log says of it. Times in ms from the first request's record. */
export interface Drained {
  readonly name: string;
  readonly arrivedAt: readonly number[];
  readonly paidAt: readonly number[];
  /** Mean time of one charge in the handler, as the workers measured it. */
  readonly handlerSeconds: number;
  /** When a second member that came later was started. */
  readonly secondStartedAt: number | undefined;
  /** From the exec of a second member until it was ready, nobody having anything to do: else it waits for their handlers. */
  readonly readyMs: number | undefined;
}

/** Sends the spike through intake while payment has one member or two, and reads from the log how it went. */
export async function drainRun(
  bench: BenchFleet,
  { name, second, times, from }: DrainRun,
  signal: AbortSignal,
): Promise<Drained> {
  const { fleet, broker, concertId, rows } = bench;
  const workers = await loadWorkers();
  const guard = startGuard(() => process.kill(process.pid, "SIGTERM"));
  const members = fleet.workers.filter((worker) => worker.name === "payment");
  const join = async () => {
    const started = Date.now();
    const joined = await startWorkers(["payment"], fleet.folder, fleet.env, guard, () => {});
    members.push(...joined);
    await untilReady(
      joined.map((each) => each.process),
      AbortSignal.any([signal, AbortSignal.timeout(60_000)]),
    );
    return { started, readyMs: Date.now() - started };
  };
  try {
    const early = second === "from the beginning" ? await join() : undefined;
    await untilAtRest(broker, workers, signal);
    const requestsFrom = await endsOf(broker, "reservations");
    const paymentsFrom = await endsOf(broker, "payments");
    const before = await handled(members);
    const shop = { url: fleet.intakeUrl, concertId, run: `d${from}-${process.pid}`, timeoutMs: 10_000 };
    const steps = sideBySide({ times, from, pair: from, rows });
    const late = typeof second === "object" ? pauseOrThrow(second.afterMs, signal).then(join) : undefined;
    const load = await runLoad({ shop, steps, sow: async () => {}, note: () => {} }, signal);
    if (load.reservations.accepted < times.length)
      throw new Error(
        `Cannot compare as intake accepted ${load.reservations.accepted} of ${times.length} requests`,
      );
    const joined = await late;
    await untilAtRest(broker, workers, signal);
    const after = await handled(members);
    const payments = await recordsSince(broker, "payments", paymentsFrom);
    const paid = new Set(payments.map(({ key }) => String(key)));
    // Both the request and its confirmation carry the key; the first of them is the request.
    const asked = new Map<string, number>();
    for (const { key, timestamp } of await recordsSince(broker, "reservations", requestsFrom)) {
      const id = String(key);
      if (paid.has(id)) asked.set(id, Math.min(timestamp, asked.get(id) ?? timestamp));
    }
    const begin = Math.min(...asked.values());
    const since = (list: Iterable<number>) => [...list].map((at) => at - begin).sort((a, b) => a - b);
    return {
      name,
      arrivedAt: since(asked.values()),
      paidAt: since(payments.map(({ timestamp }) => timestamp)),
      handlerSeconds: (after.seconds - before.seconds) / (after.count - before.count),
      secondStartedAt: joined && joined.started - begin,
      readyMs: early?.readyMs,
    };
  } finally {
    const extra = members.filter((each) => !fleet.workers.includes(each));
    await Promise.all(extra.map((each) => each.process.stop()));
    await guard.end();
  }
}

async function handled(members: readonly { readonly healthUrl: string }[]) {
  const texts = await Promise.all(
    members.map(async ({ healthUrl }) => (await fetch(`${healthUrl}/metrics`)).text()),
  );
  const all = texts.join("\n");
  return {
    count: sumOf(all, "boxoffice_handler_seconds_count"),
    seconds: sumOf(all, "boxoffice_handler_seconds_sum"),
  };
}
