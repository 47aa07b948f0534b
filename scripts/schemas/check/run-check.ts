import { existsSync } from "node:fs";
import { loadWorkers } from "../../../workers/all.ts";
import { readLevels } from "../declared-levels.ts";
import { type FleetWorker, fleetWorkers } from "../fleet/readers.ts";
import type { CheckResult } from "../report/check-result.ts";
import { judgedVersions, projectFolder } from "../source/checkout.ts";
import { type Project, SCHEMAS } from "../source/project.ts";
import type { SubjectHistory } from "../version.ts";
import { parseWaivers } from "../waivers/parse-waivers.ts";
import type { Against } from "./against.ts";
import type { Baseline } from "./comparisons.ts";
import { askFleet, fleetNotAsked, registrySnapshot } from "./judge-fleet.ts";
import { judgesWith } from "./judges.ts";
import { readBaseline, readSnapshot } from "./read-baselines.ts";
import { type FleetSays, verdictOf } from "./verdict.ts";

const WAIVERS = "waivers.yaml";
const TOPICS = "topics.ts";

export interface CheckOptions {
  readonly project: Project;
  readonly against: readonly Against[];
  /** Where git looks, and where the committed snapshot lies. */
  readonly root: string;
  /** Undefined: workers' codecs aren't asked unless a source says how things are. */
  readonly snapshot: string | undefined;
  /** Whether workers' codecs are asked. */
  readonly fleet: boolean;
  /** The first registration: a baseline without any of these subjects isn't a failure, and waivers may be unused. */
  readonly mayBeFirst: boolean;
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
  const { project, root, env, signal, mayBeFirst } = options;
  const folder = projectFolder(project);
  const baselines: Baseline[] = [];
  for (const against of options.against) {
    baselines.push(await readBaseline(against, { root, topics: folder.topics, env, signal }));
  }
  const before = baselines.flatMap(({ histories }) => histories.map(({ subject }) => subject));
  const checkout = judgedVersions(folder, before);
  const levelOf = readLevels(
    project,
    checkout.map(({ subject }) => subject),
  );
  const workers = fleetWorkers(await loadWorkers());
  const fleet = await fleetOf(options, checkout, baselines, workers);
  const waivers = project.text(WAIVERS) ?? "";
  const topicsSource = project.text(TOPICS) ?? "";
  return verdictOf({
    ...{ checkout, baselines, levelOf, fleet, mayBeFirst },
    judges: judgesWith((topic, record) => namesOf(workers, topic, record)),
    surroundings: {
      topicsSource,
      topicsFile: `${SCHEMAS}/${TOPICS}`,
      readersOf: (topic) => namesOf(workers, topic),
    },
    waivers: parseWaivers(waivers),
    waiversFile: `${SCHEMAS}/${WAIVERS}`,
    isJudged: ({ rule }) => !mayBeFirst && !fleet.notLookedFor.has(rule),
    today: dayOf(options.now),
    texts: new Map(
      [...folder.texts, [TOPICS, topicsSource] as const, [WAIVERS, waivers] as const].map(
        ([name, text]): [string, string] => [`${SCHEMAS}/${name}`, text],
      ),
    ),
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
  if (named === undefined && registry !== -1) {
    const histories = baselines[registry]?.histories ?? [];
    return await askFleet(registrySnapshot(histories, workers, options.now), checkout, workers, today);
  }
  const path = (named?.kind === "snapshot" ? named.path : undefined) ?? options.snapshot;
  if (path === undefined || !existsSync(path))
    return fleetNotAsked("there is no schemas/snapshot.json; make it with 'npx boxoffice schemas pull'");
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

/** In UTC. */
function dayOf(now: Date): string {
  return now.toISOString().slice(0, 10);
}
