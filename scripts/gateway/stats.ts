import type { Book } from "./book.ts";
import { FAULT_KINDS, type FaultKind } from "./faults.ts";
import type { Entry } from "./ledger.ts";
import type { OutageMode } from "./outage.ts";

/** Counted since the start; the ledger's kinds since the ledger's beginning. */
export interface GatewayStats {
  readonly charges: number;
  readonly declines: number;
  readonly refunds: number;
  readonly closes: number;
  /** Idempotency keys remembered. */
  readonly keys: number;
  /** Charges and refunds under way. */
  readonly inProgress: number;
  /** Calls that reached the dice; what an outage turned away is not among them. */
  readonly calls: number;
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly outage: OutageMode | null;
}

export interface CallCount {
  count(fault: FaultKind | undefined): void;
  readonly calls: number;
  readonly faults: Readonly<Record<FaultKind, number>>;
}

export function countCalls(): CallCount {
  let calls = 0;
  // Every kind is a key: what fromEntries can't know.
  const faults = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>;
  return {
    count(fault) {
      calls++;
      if (fault) faults[fault]++;
    },
    get calls() {
      return calls;
    },
    get faults() {
      return { ...faults };
    },
  };
}

export function gatewayStats(options: {
  readonly entries: readonly Entry[];
  readonly book: Book;
  readonly calls: CallCount;
  readonly outage: OutageMode | undefined;
}): GatewayStats {
  const { entries, book, calls, outage } = options;
  const counts = { charge: 0, decline: 0, refund: 0, close: 0 };
  for (const { kind } of entries) counts[kind]++;
  return {
    charges: counts.charge,
    declines: counts.decline,
    refunds: counts.refund,
    closes: counts.close,
    keys: book.size.keys,
    inProgress: book.size.busy,
    calls: calls.calls,
    faults: calls.faults,
    outage: outage ?? null,
  };
}
