import type { AuditEntry } from "../../../workers/_letters/audit-entry.ts";
import type { Desk } from "../../../workers/_letters/desk.ts";
import { Refused } from "../../../workers/_letters/failures.ts";
import type { LetterDetail } from "../../../workers/_letters/letter-detail.ts";
import type { LetterRow } from "../../../workers/_letters/letter-row.ts";
import type { Plan } from "../../../workers/_letters/plan.ts";
import type { Job } from "../../../workers/_letters/replay-job.ts";

/** What was asked of it, by method. */
export interface Asked {
  readonly method: string;
  readonly by: string;
  readonly args: readonly unknown[];
}

const ROW: LetterRow = {
  letter: "orders.billing.dlq-0-7",
  worker: "billing",
  topic: "orders",
  partition: 0,
  id: "orders-0-7",
  key: "k1",
  stage: "handle",
  error: "Permanent",
  reason: "the card is not known",
  fingerprint: "0123456789abcdef",
  attempts: 3,
  replays: 0,
  firstFailed: Date.UTC(2026, 1, 3, 4, 5, 6),
  diedAt: Date.UTC(2026, 1, 3, 4, 6, 6),
  expiresAt: undefined,
  bytes: 12,
  outcome: "open",
  edited: false,
  plan: undefined,
  build: "1",
  before: undefined,
  malformed: undefined,
};

export const JOB: Job = {
  plan: "plan-1",
  by: "ada",
  reason: "fixed",
  phase: "sending",
  note: undefined,
  letters: 2,
  sent: 1,
  processed: 1,
  deadAgain: 0,
  underWay: 0,
  skipped: 0,
  canary: 1,
  rate: undefined,
  pace: true,
  speed: 1,
  allowed: undefined,
  stopOnFailureShare: 0,
  startedAt: Date.UTC(2026, 1, 3),
  endedAt: undefined,
};

export const PLAN: Plan = {
  plan: "plan-1",
  by: "ada",
  reason: "fixed",
  time: Date.UTC(2026, 1, 3),
  filter: { worker: ["billing"] },
  to: "worker",
  attemptCap: 5,
  letters: 2,
  targets: [
    {
      dlq: "orders.billing.dlq",
      worker: "billing",
      to: "orders.billing.replay",
      letters: 2,
      partitions: [0],
      otherGroups: [],
    },
  ],
  capped: 1,
  notOpen: 0,
  replayedBefore: 1,
  edited: 0,
  undecodable: [{ reason: "no field n", letters: 1, sample: ROW.letter }],
  overtaken: { letters: 1, unknown: 0, samples: [ROW.letter] },
  expiring: 0,
  bytes: 24,
  expectedMs: 1000,
};

export function detailOf(more: Partial<LetterDetail> = {}): LetterDetail {
  return {
    ...ROW,
    raw: undefined,
    headers: [{ name: "trace", text: "t1", value: "dDE=", ours: false }],
    decoded: {
      ok: true,
      record: "Order",
      schemaId: 1,
      event: { type: "Order", email: "***", n: 1 },
      masked: ["email"],
    },
    edit: undefined,
    history: [{ time: ROW.diedAt, what: "dead letter", letter: ROW.letter, text: "the card is not known" }],
    newer: [],
    traceId: undefined,
    ...more,
  };
}

/** A desk that answers the same whatever is asked: for what the server does around it. `change` replaces answers. */
export function memoryDesk(change: Partial<Desk> = {}): { readonly desk: Desk; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const acted = { done: 1, skipped: [{ why: "not open", letters: 2, sample: ROW.letter }] };
  async function* rows<T>(values: readonly T[]) {
    yield* values;
  }
  const plain: Desk = {
    groups: async () => ({ groups: [], letters: 0, scanned: 3 }),
    list: async () => ({ letters: [ROW], next: undefined }),
    show: async (letter) => {
      if (letter !== ROW.letter) throw new Refused("no-such-letter", `There is no letter '${letter}'`);
      return detailOf();
    },
    plan: async () => PLAN,
    plans: async () => [PLAN],
    planOf: async () => PLAN,
    export: () =>
      rows([
        {
          boxoffice: 1 as const,
          cluster: "c",
          topic: "orders.billing.dlq",
          partition: 0,
          offset: 7,
          timestamp: 1,
          key: null,
          value: "AAEC",
          headers: [["a", null] as const],
        },
      ]),
    audit: async () => [{ time: 1, by: "ada", action: "plan", reason: "fixed" } satisfies AuditEntry],
    replay: async () => ({ job: JOB, started: true }),
    edit: async (letter, { event }) => ({
      letter,
      written: true,
      schemaId: 1,
      before: detailOf().decoded,
      after: detailOf().decoded,
      changes: [{ path: "n", before: 1, after: event.n }],
    }),
    discard: async () => acted,
    restore: async () => acted,
    import: async (letters) => {
      let done = 0;
      for await (const _letter of letters) done += 1;
      return { done, skipped: [] };
    },
    jobs: async () => [JOB],
    job: async () => JOB,
    control: async () => ({ ...JOB, phase: "paused" }),
    results: () =>
      rows([{ letter: ROW.letter, id: ROW.id, result: "processed" as const, text: "by billing", time: 1 }]),
    close: async () => {},
  };
  const desk = new Proxy<Desk>(
    { ...plain, ...change },
    {
      get(target, method: keyof Desk) {
        const answer = target[method];
        return (...args: readonly unknown[]) => {
          const call = args.at(-1);
          const by = typeof call === "object" && call !== null && "by" in call ? String(call.by) : "";
          asked.push({ method, by, args: args.slice(0, -1) });
          return Reflect.apply(answer, target, args);
        };
      },
    },
  );
  return { desk, asked };
}
