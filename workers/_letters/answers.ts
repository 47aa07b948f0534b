import * as z from "zod";
import { outcome } from "./filter-body.ts";

/**
 * What the API answers: the desk's types as schemas, for the OpenAPI document and for who asks from far away. What is
 * undefined at the desk is absent in JSON, so it is optional here.
 */

const time = z.number().describe("Epoch milliseconds.");
const count = z.number();
const maybe = <S extends z.ZodType>(schema: S) => schema.optional();

export const GroupAnswer = z.object({
  worker: z.string(),
  fingerprint: z.string(),
  topics: z.array(z.string()).readonly(),
  stage: z.string(),
  error: z.string(),
  reason: z.string(),
  open: count,
  replaying: count,
  processed: count,
  deadAgain: count,
  discarded: count,
  sentToSource: count,
  firstSeen: time,
  lastSeen: time,
  trend: z.array(z.number()).readonly(),
  trendFrom: time,
  trendUntil: time,
  oldestAge: maybe(z.number()),
  retention: maybe(z.number()),
  sample: maybe(z.string()),
});

export const GroupsAnswer = z.object({
  groups: z.array(GroupAnswer).readonly(),
  letters: count,
  scanned: count,
});

export const LetterRowAnswer = z.object({
  letter: z.string(),
  worker: z.string(),
  topic: z.string(),
  partition: z.number(),
  id: maybe(z.string()),
  key: z.string().nullable(),
  stage: z.string(),
  error: z.string(),
  reason: z.string(),
  fingerprint: z.string(),
  attempts: z.number(),
  replays: z.number(),
  firstFailed: maybe(time),
  diedAt: time,
  expiresAt: maybe(time),
  bytes: z.number().nullable(),
  outcome,
  edited: z.boolean(),
  plan: maybe(z.string()),
  build: maybe(z.string()),
  before: maybe(z.string()),
  malformed: maybe(z.string()),
});

export const LetterPageAnswer = z.object({
  letters: z.array(LetterRowAnswer).readonly(),
  next: maybe(z.string()),
});

const event = z.record(z.string(), z.unknown()).readonly();
export const DecodedAnswer = z.union([
  z.object({
    ok: z.literal(true),
    record: z.string(),
    schemaId: z.number(),
    event,
    writer: maybe(z.literal(true)),
    masked: z.array(z.string()).readonly(),
  }),
  z.object({ ok: z.literal(false), schemaId: maybe(z.number()), error: z.string(), reason: z.string() }),
]);

export const HistoryEntryAnswer = z.object({
  time,
  what: z.enum([
    "first failed",
    "dead letter",
    "edited",
    "replayed",
    "processed",
    "dead again",
    "discarded",
    "restored",
    "sent to source",
    "imported",
  ]),
  letter: z.string(),
  by: maybe(z.string()),
  text: z.string(),
});

const ChangesAnswer = z
  .array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown() }))
  .readonly();

export const LetterDetailAnswer = z.object({
  ...LetterRowAnswer.shape,
  raw: maybe(z.object({ key: z.string().nullable(), value: z.string().nullable() })),
  headers: z
    .array(
      z.object({
        name: z.string(),
        text: maybe(z.string()),
        value: z.string().nullable(),
        ours: z.boolean(),
      }),
    )
    .readonly(),
  decoded: DecodedAnswer,
  edit: maybe(
    z.object({ by: z.string(), reason: z.string(), time, decoded: DecodedAnswer, changes: ChangesAnswer }),
  ),
  history: z.array(HistoryEntryAnswer).readonly(),
  newer: z.union([
    z.array(z.object({ id: z.string(), time, record: maybe(z.string()) })).readonly(),
    z.enum(["unknown", "not asked"]),
  ]),
  traceId: maybe(z.string()),
});

export const PlanAnswer = z.object({
  plan: z.string(),
  by: z.string(),
  reason: z.string(),
  time,
  filter: z.record(z.string(), z.unknown()).readonly().describe("As it was asked."),
  to: z.enum(["worker", "source"]),
  attemptCap: z.number(),
  letters: count,
  targets: z
    .array(
      z.object({
        dlq: z.string(),
        worker: z.string(),
        to: z.string(),
        letters: count,
        partitions: z.array(z.number()).readonly(),
        otherGroups: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
  capped: count,
  notOpen: count,
  replayedBefore: count,
  edited: count,
  undecodable: z.array(z.object({ reason: z.string(), letters: count, sample: z.string() })).readonly(),
  overtaken: z.union([
    z.object({ letters: count, unknown: count, samples: z.array(z.string()).readonly() }),
    z.literal("not checked"),
  ]),
  expiring: count,
  bytes: z.number(),
  expectedMs: maybe(z.number()),
});

export const JobAnswer = z.object({
  plan: z.string(),
  by: z.string(),
  reason: z.string(),
  phase: z.enum(["waiting", "canary", "sending", "awaiting", "paused", "stopped", "cancelled", "done"]),
  note: maybe(z.string()),
  letters: count,
  sent: count,
  processed: count,
  deadAgain: count,
  underWay: count,
  skipped: count,
  canary: count,
  rate: maybe(z.number()),
  pace: z.boolean(),
  speed: z.number(),
  allowed: maybe(z.number()),
  stopOnFailureShare: maybe(z.number()),
  startedAt: time,
  endedAt: maybe(time),
});

export const JobResultAnswer = z.object({
  letter: z.string(),
  id: maybe(z.string()),
  result: z.enum(["processed", "dead again", "under way", "sent to source", "not sent", "skipped"]),
  text: z.string(),
  time: maybe(time),
});

export const ActedAnswer = z.object({
  done: count,
  skipped: z.array(z.object({ why: z.string(), letters: count, sample: z.string() })).readonly(),
});

export const EditAnswer = z.object({
  letter: z.string(),
  written: z.boolean(),
  schemaId: z.number(),
  before: DecodedAnswer,
  after: DecodedAnswer,
  changes: ChangesAnswer,
});

export const AuditEntryAnswer = z.object({
  time,
  by: z.string(),
  action: z.enum([
    "plan",
    "replay",
    "pause",
    "resume",
    "throttle",
    "cancel",
    "edit",
    "discard",
    "restore",
    "import",
    "look",
  ]),
  reason: z.string(),
  plan: maybe(z.string()),
  letters: maybe(count),
  letter: maybe(z.string()),
  text: maybe(z.string()),
});

export const PlansAnswer = z.array(PlanAnswer);
export const JobsAnswer = z.array(JobAnswer);
export const AuditAnswer = z.array(AuditEntryAnswer);
export const StartedAnswer = z.object({ job: JobAnswer, started: z.boolean() });
