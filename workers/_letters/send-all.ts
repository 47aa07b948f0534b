import type { Broker } from "../_runtime/broker.ts";
import type { Frozen, FrozenPartition } from "./frozen.ts";
import type { Gates } from "./gates.ts";
import type { Lanes } from "./lane.ts";
import type { Plan } from "./plan.ts";
import { sendPartition, type Turn } from "./send.ts";

export interface SendAllParts {
  readonly broker: Broker;
  readonly lanes: Lanes;
  readonly plan: Plan;
  readonly gates: Gates;
  readonly turn: (turn: Turn) => void;
}

/** Each holds two pieces of a DLQ in memory, a megabyte each. */
const SIDE_BY_SIDE = 12;

/** Sends letters of a plan, its partitions side by side; the first failure ends all of it. */
export async function sendAll(parts: SendAllParts, letters: Frozen, signal: AbortSignal): Promise<void> {
  const waiting = [...letters];
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  const one = async () => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift())
      await sendOne(parts, part, both);
  };
  await Promise.all(
    Array.from({ length: Math.min(SIDE_BY_SIDE, waiting.length) }, () =>
      one().catch((error: unknown) => failed.abort(error)),
    ),
  );
  both.throwIfAborted();
}

async function sendOne(
  { broker, lanes, plan: { plan, to, targets }, gates, turn }: SendAllParts,
  part: FrozenPartition,
  signal: AbortSignal,
): Promise<void> {
  const { dlq, partition } = part;
  const target = targets.find((one) => one.dlq === dlq);
  if (!target) throw new Error(`Cannot carry out plan '${plan}' as it doesn't say where '${dlq}' goes`);
  const destination = { plan, to, topic: target.to };
  const lane = lanes.of(dlq, partition);
  await sendPartition({ broker, lane, destination, gate: gates.of(dlq), turn }, part, signal);
}
