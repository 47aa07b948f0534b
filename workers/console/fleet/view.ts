import type { Desk } from "../../_letters/desk.ts";
import type { Group } from "../../_letters/letter-group.ts";
import type { Broker } from "../../_runtime/mod.ts";
import { readMetrics, type WorkerMetrics } from "./metrics.ts";
import { readProgress, type WatchedWorker } from "./progress.ts";
import { Speeds } from "./speeds.ts";

/** One worker at a glance. */
export interface WorkerGlance {
  readonly name: string;
  readonly serves: boolean;
  readonly members: number;
  /** High watermarks less committed offsets of its source topics; undefined: it reads none. */
  readonly lag: number | undefined;
  /** Records in its retry and replay topics that are not done. */
  readonly waiting: number;
  /** Source records done a second; undefined until two looks were made. */
  readonly perSecond: number | undefined;
  /** Of its processes whose health ports are known; undefined: none answered. */
  readonly metrics: WorkerMetrics | undefined;
  readonly letters: LettersGlance;
}

export interface LettersGlance {
  readonly open: number;
  readonly replaying: number;
  /** The open letter nearest to its end: its age, and what its DLQ keeps; ms. */
  readonly oldestAge: number | undefined;
  readonly retention: number | undefined;
}

export interface FleetGlance {
  readonly time: number;
  readonly workers: readonly WorkerGlance[];
  /** Health ports that did not answer. */
  readonly silent: readonly string[];
}

export interface FleetView {
  readonly workers: readonly string[];
  /** At most one look at a time, and none within two seconds of the last: all who ask share it. */
  look(): Promise<FleetGlance>;
}

export interface FleetViewOptions {
  readonly broker: Broker;
  readonly desk: Pick<Desk, "groups">;
  readonly workers: readonly WatchedWorker[];
  readonly healthUrls: readonly string[];
}

const FRESH_MS = 2_000;
const LOOK_MS = 15_000;

export function createFleetView(options: FleetViewOptions): FleetView {
  const speeds = new Speeds();
  let last: { readonly at: number; readonly glance: Promise<FleetGlance> } | undefined;
  return {
    workers: options.workers.map(({ name }) => name),
    look() {
      if (last && performance.now() - last.at < FRESH_MS) return last.glance;
      const glance = glanceOf(options, speeds);
      // While it runs it counts as fresh, so that all who ask meanwhile share it.
      const running = { at: performance.now() + LOOK_MS, glance };
      last = running;
      const settle = (next: typeof last) => {
        if (last === running) last = next;
      };
      glance.then(
        () => settle({ at: performance.now(), glance }),
        () => settle(undefined),
      );
      return glance;
    },
  };
}

async function glanceOf(
  { broker, desk, workers, healthUrls }: FleetViewOptions,
  speeds: Speeds,
): Promise<FleetGlance> {
  const signal = AbortSignal.timeout(LOOK_MS);
  const [progress, metrics, { groups }] = await Promise.all([
    readProgress(broker.admin, workers),
    readMetrics(healthUrls, signal),
    desk.groups({ outcomes: ["open", "replaying"] }, { signal, by: "console" }),
  ]);
  const time = Date.now();
  return {
    time,
    silent: metrics.silent,
    workers: workers.map(({ name, serves }) => {
      const { members, lag, waiting, done } = progress.get(name) ?? NOTHING;
      return {
        name,
        serves,
        members,
        lag,
        waiting,
        perSecond: done === undefined ? undefined : speeds.observe(name, done, time),
        metrics: metrics.byWorker.get(name),
        letters: lettersOf(groups.filter(({ worker }) => worker === name)),
      };
    }),
  };
}

const NOTHING = { members: 0, lag: undefined, waiting: 0, done: undefined };

function lettersOf(groups: readonly Group[]): LettersGlance {
  const [nearest] = groups
    .filter(({ oldestAge }) => oldestAge !== undefined)
    .sort((a, b) => left(a) - left(b));
  return {
    open: groups.reduce((sum, { open }) => sum + open, 0),
    replaying: groups.reduce((sum, { replaying }) => sum + replaying, 0),
    oldestAge: nearest?.oldestAge,
    retention: nearest?.retention,
  };
}

/** Until retention takes its oldest letter. */
function left({ oldestAge = 0, retention = Number.POSITIVE_INFINITY }: Group): number {
  return retention - oldestAge;
}
