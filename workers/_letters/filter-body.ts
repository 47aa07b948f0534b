import * as z from "zod";
import type { Filter } from "./letter-filter.ts";

const MAX_LIST = 10_000;
/** What lists of a request may hold. */
export const texts = z.array(z.string().min(1).max(4096)).max(MAX_LIST);
/** Beyond it there are no dates. */
const MOST_TIME = 8.64e15;
const time = z.number().int().nonnegative().max(MOST_TIME).describe("Epoch milliseconds.");

/** What became of a letter. */
export const outcome = z.enum([
  "open",
  "replaying",
  "processed",
  "dead again",
  "sent to source",
  "discarded",
]);

/** A filter as it travels. */
export const FilterBody = z
  .strictObject({
    worker: z.exactOptional(texts),
    topic: z.exactOptional(texts.describe("Source topics.")),
    partition: z.exactOptional(z.array(z.number().int().nonnegative()).max(MAX_LIST)),
    error: z.exactOptional(texts.describe("Classes, as in `bo-error`.")),
    fingerprint: z.exactOptional(texts.describe("Whole, or their beginnings: 4 characters at least.")),
    key: z.exactOptional(texts.describe("As UTF-8; `base64:…` for one that isn't.")),
    since: z.exactOptional(time),
    until: z.exactOptional(time),
    attempts: z.exactOptional(
      z.strictObject({
        min: z.exactOptional(z.number().int().nonnegative()),
        max: z.exactOptional(z.number().int().nonnegative()),
      }),
    ),
    where: z.exactOptional(
      z.string().min(1).max(4096).describe("A CEL expression over `event`, `letter` and `headers`."),
    ),
    letters: z.exactOptional(texts),
    outcomes: z.exactOptional(z.union([z.array(outcome).min(1).max(6), z.literal("all")])),
  })
  .describe(
    "All that is given must hold; lists: any of them. Without `outcomes`: open letters.",
  ) satisfies z.ZodType<Filter>;
