import type { Finding } from "../finding.ts";
import type { SubjectHistory } from "../version.ts";
import { brokenFindings } from "./broken-findings.ts";
import { type Broken, brokenReaders, newlyRead, type Own } from "./broken-readers.ts";
import { judging } from "./judging.ts";
import { liveWriters, topicOf } from "./live-writers.ts";
import { type FleetWorker, readersOf, registryOf } from "./readers.ts";
import type { Snapshot } from "./snapshot.ts";
import { unreadFindings } from "./unread-findings.ts";
import { unreadableFindings, unusableFindings } from "./unreadable-findings.ts";
import { isStored, unreadableRecords, unreadRecords } from "./unreadable-records.ts";
import { unusableWriters } from "./unusable-writers.ts";
import { type Precedence, type UpgradeOrder, upgradeOrder } from "./upgrade-order.ts";

export interface FleetVerdictOptions {
  /** What is stored, registered and running. */
  readonly snapshot: Snapshot;
  /** This checkout's schemas; the last version of each subject counts. */
  readonly checkout: readonly SubjectHistory[];
  /** This checkout's declarations: `fleetWorkers(await loadWorkers())`. */
  readonly workers: readonly FleetWorker[];
}

export interface FleetVerdict {
  readonly findings: readonly Finding[];
  readonly upgradeOrder: UpgradeOrder;
  /** Writer schemas against reader schemas that were really encoded and decoded. */
  readonly pairs: number;
}

/** Ids of this checkout's schemas, which have none yet: beyond what a registry gives. */
const FIRST_OWN_ID = 2 ** 31;

/**
 * Every schema that is written, or of which records still lie somewhere, against every worker of this checkout that
 * meets them; and what this checkout will write against the workers that run now. Boundary values are really encoded,
 * and decoded by the runtime's own codec, so that whatever it can't do is found here.
 */
export async function fleetVerdict(options: FleetVerdictOptions): Promise<FleetVerdict> {
  const { snapshot, checkout, workers } = options;
  const writers = liveWriters(snapshot);
  const own = checkout.flatMap(({ subject, versions }, index): Own[] => {
    const version = versions.at(-1);
    return version === undefined ? [] : [{ id: FIRST_OWN_ID + index, topic: topicOf(subject), version }];
  });
  const registry = registryOf(new Map([...writers, ...own].map(({ id, version }) => [id, version])));
  const versionIn = (list: readonly Own[]) => (topic: string, record: string) =>
    list.find((each) => each.topic === topic && each.version.record === record)?.version;
  const newest = writers.filter((writer) => writer.newest);
  const declared = readersOf(workers, versionIn(own), registry);
  const deployed = readersOf(snapshot.workers, versionIn(newest), registry);
  const judge = judging();

  const unreadable = await unreadableRecords(declared.readers, writers, judge);
  const unread = await unreadRecords({ deployed: deployed.readers, declared: declared.readers, writers });
  const broken = await brokenReaders({ own, deployed: deployed.readers, workers, judge });
  const added = newlyRead({ own, newest, declared: declared.readers, deployed: deployed.readers, workers });
  const scannedAll = snapshot.topics?.every(({ skipped }) => skipped === 0) === true;
  const inFlight = unreadable.filter(({ writer }) => scannedAll && writer.newest && !isStored(writer));
  const order = upgradeOrder([
    ...broken.flatMap(consumersFirst),
    ...added,
    ...inFlight.flatMap(({ worker, writer, fault }): Precedence[] =>
      producersOf(snapshot.workers, writer.topic).map((first) => ({
        ...{ first, next: worker },
        why: `${worker} of this checkout can't read '${writer.version.record}' as ${first} writes it now: ${fault.reason}`,
      })),
    ),
  ]);
  const recordAt = (record: string) => own.find(({ version }) => version.record === record)?.version;
  return {
    findings: [
      ...unusableFindings("unusable-reader", declared.unusable, own),
      ...unusableFindings("unusable-writer", unusableWriters(workers, own), own),
      ...unreadableFindings(unreadable, { scannedAll, order }),
      ...unreadFindings(unread, recordAt),
      ...brokenFindings(broken, order),
    ],
    upgradeOrder: order,
    pairs: judge.pairs(),
  };
}

function consumersFirst({ worker, producers, writer, fault }: Broken): Precedence[] {
  return producers.map((next) => ({
    ...{ first: worker, next },
    why: `${worker} as it runs now can't read '${writer.record}' as ${next} of this checkout writes it: ${fault.reason}`,
  }));
}

function producersOf(workers: readonly FleetWorker[], topic: string): string[] {
  return workers.filter(({ emits }) => emits.includes(topic)).map(({ worker }) => worker);
}
