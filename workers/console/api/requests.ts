import * as z from "zod";
import type { AuditWish } from "../../_letters/audit-entry.ts";
import type { Which } from "../../_letters/desk.ts";
import type { EditWish } from "../../_letters/edited-letter.ts";
import { isEverything } from "../../_letters/filter.ts";
import { FilterBody, texts } from "../../_letters/filter-body.ts";
import type { Page } from "../../_letters/letter-filter.ts";
import type { PlanWish } from "../../_letters/plan.ts";
import type { JobOrder, ReplayWish } from "../../_letters/replay-job.ts";

/** What the API takes: each schema parses to the desk's very type. */

const reason = z.string().trim().min(1).max(1000).describe("Why, for the audit trail.");
const perSecond = z.number().positive().max(1_000_000).describe("Records a second.");

const PageBody = z.strictObject({
  limit: z.number().int().min(1).max(1000),
  after: z.exactOptional(z.string().max(1000).describe("`next` of the page before.")),
}) satisfies z.ZodType<Page>;

export const FilterOnly = z.strictObject({ filter: FilterBody });
export const ListBody = z.strictObject({ filter: FilterBody, page: PageBody });

const yesOrNo = z.enum(["true", "false"]).transform((text) => text === "true");

export const LookQuery = z.object({
  personal: z.exactOptional(yesOrNo.describe("Shows personal fields; each such look is audited.")),
  newer: z.exactOptional(yesOrNo.describe("Looks for the key's newer events.")),
});
export const LetterParams = z.object({ letter: z.string().min(1).max(400) });
export const PlanParams = z.object({ plan: z.string().min(1).max(200) });

/** A script that lost its filter must not discard every letter there is. */
const Narrowed = FilterBody.refine(
  (filter) => !isEverything(filter),
  "must narrow the letters down: where all are meant, say until when, as `until`",
);

const WhichBody = z.union([
  z.strictObject({ filter: Narrowed }),
  z.strictObject({ plan: z.string().min(1).max(200) }),
]) satisfies z.ZodType<Which>;
export const DeedBody = z.strictObject({ which: WhichBody, reason });

export const PlanBody = z.strictObject({
  filter: FilterBody,
  to: z.exactOptional(z.enum(["worker", "source"])),
  attemptCap: z.exactOptional(z.number().int().min(1).max(1000)),
  limit: z.exactOptional(z.number().int().min(1).max(100_000_000)),
  skipOrderCheck: z.exactOptional(z.boolean()),
  rate: z.exactOptional(perSecond),
  reason,
}) satisfies z.ZodType<PlanWish>;

export const ReplayBody = z.strictObject({
  canary: z.exactOptional(z.number().int().min(0).max(100_000)),
  rate: z.exactOptional(perSecond),
  pace: z.exactOptional(z.boolean()),
  stopOnFailureShare: z.exactOptional(z.number().min(0).max(1)),
  otherGroups: z.exactOptional(texts),
  reason,
}) satisfies z.ZodType<ReplayWish>;

export const OrderBody = z.discriminatedUnion("order", [
  z.strictObject({ order: z.enum(["pause", "resume", "cancel"]), reason }),
  z
    .strictObject({ order: z.literal("throttle"), rate: perSecond.optional(), reason })
    .transform(({ order, rate, reason }) => ({ order, rate, reason })),
]) satisfies z.ZodType<JobOrder>;

export const EditBody = z.strictObject({
  event: z.record(z.string(), z.unknown()).describe("The new event; `type` names the record."),
  dryRun: z.exactOptional(z.boolean()),
  reason,
}) satisfies z.ZodType<EditWish>;

const wholeNumber = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

export const AuditQuery = z.object({
  since: z.exactOptional(wholeNumber),
  until: z.exactOptional(wholeNumber),
  by: z.exactOptional(z.string().max(400)),
  plan: z.exactOptional(z.string().max(200)),
  letter: z.exactOptional(z.string().max(400)),
  limit: z.exactOptional(
    wholeNumber.refine((limit) => limit >= 1 && limit <= 10_000, "must be from 1 to 10000"),
  ),
}) satisfies z.ZodType<AuditWish>;

/** Of what asks for a reason alone. */
export const Reasoned = z.object({ reason });
