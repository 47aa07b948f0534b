import type { LetterDetail } from "../../../workers/_letters/letter-detail.ts";
import type { Group } from "../../../workers/_letters/letter-group.ts";
import type { LetterRow } from "../../../workers/_letters/letter-row.ts";
import type { Plan } from "../../../workers/_letters/plan.ts";
import type { Job } from "../../../workers/_letters/replay-job.ts";

/** What a desk says, for tests of what is made of it. */
export const NOW = Date.UTC(2026, 10, 24, 3, 12, 5);
export const LETTER = "reservations.payment.dlq-3-1412";

export function group(more: Partial<Group> = {}): Group {
  return {
    worker: "payment",
    fingerprint: "5d1e9c0b77aa41f2",
    topics: ["reservations"],
    stage: "handle",
    error: "Permanent",
    reason: "the gateway refused currency 'XXX'",
    ...{ open: 39_000, replaying: 0, processed: 0, deadAgain: 0, discarded: 0, sentToSource: 0 },
    firstSeen: NOW - 3 * 86_400_000,
    lastSeen: NOW - 60_000,
    ...{ trend: [0, 0, 5, 900, 38_095], trendFrom: NOW - 86_400_000, trendUntil: NOW },
    oldestAge: 3 * 86_400_000,
    retention: 30 * 86_400_000,
    sample: LETTER,
    ...more,
  };
}

export function row(more: Partial<LetterRow> = {}): LetterRow {
  return {
    letter: LETTER,
    worker: "payment",
    topic: "reservations",
    partition: 3,
    id: "reservations-3-99001",
    key: "r-77",
    stage: "handle",
    error: "Permanent",
    reason: "the gateway refused currency 'XXX'",
    fingerprint: "5d1e9c0b77aa41f2",
    ...{ attempts: 3, replays: 0 },
    firstFailed: NOW - 7_200_000,
    diedAt: NOW - 3_600_000,
    expiresAt: NOW + 20 * 86_400_000,
    ...{ bytes: 3, outcome: "open", edited: false, plan: undefined },
    ...{ build: "0.1.0", before: undefined, malformed: undefined },
    ...more,
  };
}

export function detail(more: Partial<LetterDetail> = {}): LetterDetail {
  return {
    ...row(),
    raw: { key: "ci03Nw==", value: Buffer.from([0, 1, 0x41]).toString("base64") },
    headers: [
      { name: "trace\x1b[31m", text: "mine", value: "bWluZQ==", ours: false },
      { name: "bo-id", text: "reservations-3-99001", value: "", ours: true },
      { name: "bin", text: undefined, value: "/wA=", ours: false },
      { name: "none", text: undefined, value: null, ours: false },
    ],
    decoded: {
      ok: true,
      record: "boxoffice.ReservationRequested",
      schemaId: 7,
      event: { type: "ReservationRequested", amount: 5000, currency: "XXX", customerId: "•••" },
      masked: ["customerId"],
    },
    edit: undefined,
    history: [{ time: NOW - 3_600_000, what: "dead letter", letter: LETTER, text: "Permanent: refused" }],
    newer: [{ id: "reservations-3-99100", time: NOW - 60_000, record: "CancellationRequested" }],
    traceId: "0af7651916cd43dd8448eb211c80319c",
    ...more,
  };
}

export function plan(more: Partial<Plan> = {}): Plan {
  return {
    plan: "20261124-031205000-k7f3m",
    ...{
      by: "ada",
      reason: "the gateway is back",
      time: NOW - 5000,
      filter: {},
      to: "worker",
      attemptCap: 5,
    },
    letters: 40_000,
    targets: [
      {
        dlq: "reservations.payment.dlq",
        worker: "payment",
        to: "reservations.payment.replay",
        letters: 40_000,
        partitions: [0, 1, 2, 3],
        otherGroups: [],
      },
    ],
    ...{ capped: 2, notOpen: 12, replayedBefore: 7, edited: 1 },
    undecodable: [{ reason: "Cannot read schema 9", letters: 28, sample: "reservations.payment.dlq-0-4" }],
    overtaken: { letters: 31, unknown: 4, samples: ["reservations.payment.dlq-0-9"] },
    ...{ expiring: 120, bytes: 12_345_678, expectedMs: 80_000 },
    ...more,
  };
}

export function job(more: Partial<Job> = {}): Job {
  return {
    ...{ plan: plan().plan, by: "ada", reason: "the gateway is back", phase: "done", note: undefined },
    ...{ letters: 40_000, sent: 40_000, processed: 40_000, deadAgain: 0, underWay: 0, skipped: 0 },
    ...{
      canary: 10,
      rate: undefined,
      pace: true,
      speed: 0,
      allowed: undefined,
      stopOnFailureShare: undefined,
    },
    ...{ startedAt: NOW - 90_000, endedAt: NOW - 2000 },
    ...more,
  };
}
