import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadWorkers } from "../../../workers/all.ts";
import { readLevels } from "../declared-levels.ts";
import { type FleetWorker, fleetWorkers } from "../fleet/readers.ts";
import type { CheckResult } from "../report/check-result.ts";
import { checkoutFolder, SCHEMAS } from "../source/checkout.ts";
import { versionsIn } from "../source/schema-folder.ts";
import type { SubjectHistory } from "../version.ts";
import { parseWaivers } from "../waivers/parse-waivers.ts";
import type { Against } from "./against.ts";
import type { Baseline } from "./comparisons.ts";
import { askFleet, FLEET_RULES, fleetNotAsked, registrySnapshot } from "./judge-fleet.ts";
import { judgesWith } from "./judges.ts";
import { readBaseline, readSnapshot, SNAPSHOT } from "./read-baselines.ts";
import { type FleetSays, verdictOf } from "./verdict.ts";

/** Below the root; there need not be one. */
export const WAIVERS = "schemas/waivers.yaml";

export interface CheckOptions {
  /** Of the repository that is checked. */
  readonly root: string;
  readonly against: readonly Against[];
  /** Whether workers' codecs are asked. */
  readonly fleet: boolean;
  /** False where the baselines aren't those that waivers were written for. */
  readonly judgesUnusedWaivers: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/**
 * Reads the checkout and everything it is to be compared with, and judges.
 * @throws {UsageError} when the checkout has no schemas, or something can't be used as it is written
 * @throws {Unavailable} when a source can't be reached, or nothing was compared
 */
export async function runCheck(options: CheckOptions): Promise<CheckResult> {
  const { root, env, signal, now } = options;
  const folder = checkoutFolder(root);
  const checkout = [...versionsIn(folder)].map(([subject, version]) => ({ subject, versions: [version] }));
  const subjects = checkout.map(({ subject }) => subject);
  const levelOf = readLevels(root, subjects);
  const baselines: Baseline[] = [];
  for (const against of options.against) {
    baselines.push(await readBaseline(against, { root, topics: folder.topics, env, signal }));
  }
  const workers = fleetWorkers(await loadWorkers());
  const fleet = await fleetOf(options, checkout, baselines, workers);
  const waiversText = readIfThere(join(root, WAIVERS));
  const topicsFile = `${SCHEMAS}/topics.ts`;
  const topicsSource = readFileSync(join(root, topicsFile), "utf8");
  return verdictOf({
    checkout,
    baselines,
    levelOf,
    judges: judgesWith((topic, record) => namesOf(workers, topic, record)),
    fleet,
    surroundings: {
      topics: folder.topics,
      topicsSource,
      topicsFile,
      readersOf: (topic) => namesOf(workers, topic),
    },
    waivers: parseWaivers(waiversText),
    waiversFile: WAIVERS,
    isJudged: ({ rule }) =>
      options.judgesUnusedWaivers && (fleet.upgrade !== undefined || !FLEET_RULES.has(rule)),
    today: dayOf(now),
    texts: new Map([
      ...[...folder.texts].map(([name, text]): [string, string] => [`${SCHEMAS}/${name}`, text]),
      [topicsFile, topicsSource],
      [WAIVERS, waiversText],
    ]),
  });
}

/** What was named is asked; else the committed snapshot, where there is one. */
async function fleetOf(
  options: CheckOptions,
  checkout: readonly SubjectHistory[],
  baselines: readonly Baseline[],
  workers: readonly FleetWorker[],
): Promise<FleetSays> {
  if (!options.fleet) return fleetNotAsked("--no-fleet");
  const today = dayOf(options.now);
  const named = options.against.find(({ kind }) => kind === "snapshot");
  const registry = options.against.findIndex(({ kind }) => kind === "registry");
  const committed = join(options.root, SNAPSHOT);
  if (named === undefined && registry !== -1) {
    const histories = baselines[registry]?.histories ?? [];
    return await askFleet(registrySnapshot(histories, workers, options.now), checkout, workers, today);
  }
  const path = named?.kind === "snapshot" ? (named.path ?? committed) : committed;
  if (!existsSync(path))
    return fleetNotAsked(`there is no '${SNAPSHOT}'; make it with 'npx boxoffice schemas pull'`);
  return await askFleet(readSnapshot(path), checkout, workers, today);
}

/** Workers that read the record on the topic; without a record, any of the topic's. */
function namesOf(workers: readonly FleetWorker[], topic: string, record?: string): string[] {
  return workers
    .filter(({ reads }) =>
      reads.some((each) => each.topic === topic && (record === undefined || each.records.includes(record))),
    )
    .map(({ worker }) => worker);
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** In UTC. */
function dayOf(now: Date): string {
  return now.toISOString().slice(0, 10);
}
