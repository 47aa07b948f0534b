import { UsageError } from "../../workers/_runtime/mod.ts";
import type { OwnedPartition } from "./ask.ts";

/** What an operator named. */
export interface Wanted {
  readonly topic: string;
  readonly partition: number;
  readonly worker?: string;
}

/**
 * The one halted partition that is meant.
 * @throws {UsageError} when there is none, or more than one worker has it halted
 */
export function haltedOwner(
  owned: readonly OwnedPartition[],
  { topic, partition, worker }: Wanted,
): OwnedPartition {
  const name = `${topic}-${partition}`;
  const named = owned.filter(
    (each) =>
      each.topic === topic &&
      each.partition === partition &&
      (worker === undefined || each.worker === worker),
  );
  const halted = named.filter((each) => each.state === "halted");
  const [only, ...more] = halted;
  if (only === undefined)
    throw new UsageError(
      named.length === 0
        ? `Cannot release '${name}' as none of the processes asked owns it: name its owner's health port with --url`
        : `Cannot release '${name}' as it is not halted: its state is ${named.map((each) => `'${each.state}' (${each.worker})`).join(", ")}`,
    );
  if (more.length > 0)
    throw new UsageError(
      `Cannot release '${name}' as several have it halted: name one of ${halted.map((each) => each.worker).join(", ")} with --worker`,
    );
  return only;
}
