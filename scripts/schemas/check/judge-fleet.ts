import type { FleetWorker } from "../fleet/readers.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import { fleetVerdict } from "../fleet/verdict.ts";
import type { SubjectHistory } from "../version.ts";
import type { FleetSays } from "./verdict.ts";

/** Rules that only the fleet's verdict finds. */
export const FLEET_RULES: ReadonlySet<string> = new Set([
  "breaks-deployed-worker",
  "record-no-longer-read",
  "unreadable-record",
  "unreplayable-letters",
  "unusable-reader",
  "unusable-writer",
]);

/** Of these, what is found by looking into topics. */
const TOPIC_RULES: ReadonlySet<string> = new Set(["record-no-longer-read", "unreplayable-letters"]);

/** Older than this, a snapshot says little about what lies in topics now. */
const OLD_DAYS = 30;

export async function askFleet(
  snapshot: Snapshot,
  checkout: readonly SubjectHistory[],
  workers: readonly FleetWorker[],
  today: string,
): Promise<FleetSays> {
  const { findings, upgradeOrder, pairs } = await fleetVerdict({ snapshot, checkout, workers });
  const made = snapshot.madeAt.slice(0, 10);
  const days = Math.floor((Date.parse(today) - Date.parse(made)) / 86_400_000);
  const notes = [`${pairs} pairs of writer and reader were really encoded and decoded`];
  if (days > OLD_DAYS)
    notes.push(`the snapshot is ${days} days old: make it again with 'npx boxoffice schemas pull'`);
  if (snapshot.topics === null)
    notes.push("nobody looked into topics: only registered versions count as written");
  const lookedAtAll = snapshot.topics?.every(({ skipped }) => skipped === 0) === true;
  return { findings, upgrade: upgradeOrder, notes, notLookedFor: lookedAtAll ? new Set() : TOPIC_RULES };
}

/** For a check that was told not to ask, or has nothing to ask with. */
export function fleetNotAsked(why: string): FleetSays {
  const notes = [`workers' codecs were not asked: ${why}`];
  return { findings: [], upgrade: undefined, notes, notLookedFor: FLEET_RULES };
}

/** What a registry alone says: nobody knows what lies in topics, and what runs is taken to be this checkout. */
export function registrySnapshot(
  histories: readonly SubjectHistory[],
  workers: readonly FleetWorker[],
  now: Date,
): Snapshot {
  return {
    format: 1,
    madeAt: now.toISOString(),
    subjects: histories.map(({ subject, versions }) => ({
      subject,
      level: null,
      versions: versions.flatMap(({ number, id, text, references }) =>
        number === undefined || id === undefined
          ? []
          : [{ version: number, id, text, references: [...references] }],
      ),
    })),
    others: [],
    topics: null,
    workers: [...workers],
  };
}
