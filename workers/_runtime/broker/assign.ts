/**
 * Who reads what: partition p of every topic of a family goes to one member. Pure; kafkajs' side of it is in
 * `assigner.ts`.
 */

/** Co-partitioned topics, the source topic first. */
export type Family = readonly string[];

export interface Candidate {
  readonly memberId: string;
  readonly topics: ReadonlySet<string>;
  readonly families: readonly Family[];
  /** `<source topic>-<partition>`, what it has open now. */
  readonly owned: readonly string[];
}

export interface Share {
  readonly topic: string;
  readonly partitions: number[];
}

interface Unit {
  readonly name: string;
  readonly source: string;
  readonly partition: number;
  readonly eligible: readonly Holder[];
}

interface Holder {
  readonly memberId: string;
  readonly units: Set<Unit>;
}

/**
 * Each partition of each family goes to exactly one of the members that subscribe to all of the family's
 * topics (to nobody when there is none: a member that lacks a topic could not see which keys are parked).
 * A member keeps what it owns as long as nobody has two partitions less. The same input gives the same result.
 */
export function assign(
  members: readonly Candidate[],
  partitionCount: (topic: string) => number,
): ReadonlyMap<string, readonly Share[]> {
  const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const families = mergeFamilies(sorted);
  const holders = sorted.map((member): Holder => ({ memberId: member.memberId, units: new Set() }));
  const units = [...families].flatMap(([source, topics]) => {
    const eligible = holders.filter((_, index) => {
      const subscribed = sorted[index]?.topics;
      return subscribed !== undefined && [...topics].every((topic) => subscribed.has(topic));
    });
    return Array.from(
      { length: partitionCount(source) },
      (_, partition): Unit => ({ name: `${source}-${partition}`, source, partition, eligible }),
    );
  });
  leaveWithOwners(sorted, holders, units);
  giveToIdlest(units);
  even(holders);
  return new Map(
    holders.map((holder) => [holder.memberId, sharesOf(holder.units, families, partitionCount)]),
  );
}

/** Members of different builds may know different topics of a family: all count. */
function mergeFamilies(members: readonly Candidate[]): Map<string, Set<string>> {
  const merged = new Map<string, Set<string>>();
  for (const member of members)
    for (const family of member.families) {
      const source = family[0];
      if (source === undefined) continue;
      const topics = merged.get(source) ?? new Set();
      for (const topic of family) topics.add(topic);
      merged.set(source, topics);
    }
  return new Map([...merged].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function leaveWithOwners(members: readonly Candidate[], holders: readonly Holder[], units: readonly Unit[]) {
  const byName = new Map(units.map((unit) => [unit.name, unit]));
  members.forEach((member, index) => {
    const holder = holders[index];
    if (!holder) return;
    for (const name of member.owned) {
      const unit = byName.get(name);
      if (!unit?.eligible.includes(holder)) continue;
      holder.units.add(unit);
      byName.delete(name); // two that claim the same: the first keeps it
    }
  });
}

function giveToIdlest(units: readonly Unit[]) {
  for (const unit of units) {
    if (unit.eligible.some((holder) => holder.units.has(unit))) continue;
    idlest(unit)?.units.add(unit);
  }
}

/** Moves one at a time from whoever has at least two more; each move evens, so it ends. */
function even(holders: readonly Holder[]) {
  for (;;) {
    let best: { from: Holder; to: Holder; unit: Unit; gap: number } | undefined;
    for (const from of holders)
      for (const unit of from.units) {
        let to: Holder | undefined;
        for (const holder of unit.eligible)
          if (holder.units.size < (to?.units.size ?? from.units.size - 1)) to = holder;
        const gap = to ? from.units.size - to.units.size : 0;
        // The later of equals, so that the first partitions stay where they are.
        if (to && gap >= 2 && gap >= (best?.gap ?? 0)) best = { from, to, unit, gap };
      }
    if (!best) return;
    best.from.units.delete(best.unit);
    best.to.units.add(best.unit);
  }
}

/** Fewest partitions, then fewest of this topic, then the smallest name. */
function idlest({ eligible, source }: Unit): Holder | undefined {
  const ofSource = (holder: Holder) => [...holder.units].filter((unit) => unit.source === source).length;
  let best: Holder | undefined;
  for (const holder of eligible) {
    if (!best || holder.units.size < best.units.size) best = holder;
    else if (holder.units.size === best.units.size && ofSource(holder) < ofSource(best)) best = holder;
  }
  return best;
}

function sharesOf(
  units: ReadonlySet<Unit>,
  families: ReadonlyMap<string, ReadonlySet<string>>,
  partitionCount: (topic: string) => number,
): Share[] {
  const shares = new Map<string, number[]>();
  // A derived topic can lack the newest partitions while partitions are being added.
  for (const { source, partition } of units)
    for (const topic of families.get(source) ?? [])
      if (partition < partitionCount(topic)) {
        const partitions = shares.get(topic) ?? [];
        partitions.push(partition);
        shares.set(topic, partitions);
      }
  return [...shares].map(([topic, partitions]) => ({ topic, partitions: partitions.sort((a, b) => a - b) }));
}
