import { z } from "zod";
import type { Concert } from "../../schemas/types.ts";
import { UsageError } from "../../workers/_runtime/mod.ts";
import { readGiven } from "../../workers/_runtime/shipped.ts";

/** An identifier that is safe in a URL's path, a Redis key and a mail. */
const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "must be 1 to 64 lower-case letters, digits and dashes");

const row = z.strictObject({
  name: z.string().regex(/^[A-Z0-9]{1,8}$/, "must be 1 to 8 capital letters and digits"),
  seats: z.int().min(1).max(500),
  price: z.int().min(1).max(100_000_000).describe("Of each seat, minor units."),
});

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const concert = z
  .strictObject({
    concertId: id,
    name: z.string().trim().min(1).max(200),
    hall: z.string().trim().min(1).max(200),
    currency: z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code like EUR"),
    startsAt: instant,
    cutOffAt: instant.describe("From here on a sold seat can't be cancelled."),
    rows: z.array(row).min(1).max(500).describe("Front row first."),
  })
  .superRefine((value, context) => {
    if (value.cutOffAt > value.startsAt)
      context.addIssue({ code: "custom", path: ["cutOffAt"], message: "must not be after startsAt" });
    for (const index of repeated(value.rows.map((row) => row.name)))
      context.addIssue({
        code: "custom",
        path: ["rows", index, "name"],
        message: "is taken by an earlier row",
      });
    const seats = value.rows.reduce((sum, row) => sum + row.seats, 0);
    if (seats > MAX_SEATS)
      context.addIssue({
        code: "custom",
        path: ["rows"],
        message: `have ${seats} seats, at most ${MAX_SEATS}`,
      });
  });

/** What a concert may have; the seat map's page and the event's size are made for it. */
export const MAX_SEATS = 50_000;

const concerts = z
  .array(concert)
  .min(1)
  .max(1_000)
  .superRefine((list, context) => {
    for (const index of repeated(list.map(({ concertId }) => concertId)))
      context.addIssue({
        code: "custom",
        path: [index, "concertId"],
        message: "is taken by an earlier concert",
      });
  });

/**
 * The concerts in a JSON file, a shipped one too: one, or a list.
 * @throws {UsageError} naming the file, with every error and its place in it.
 */
export function readConcertFile(file: string): Concert[] {
  let json: unknown;
  try {
    json = JSON.parse(readGiven(file).toString());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot read '${file}' as it must be a JSON file: ${reason}`);
  }
  const isList = Array.isArray(json);
  const parsed = concerts.safeParse(isList ? json : [json]);
  if (parsed.success) return parsed.data.map((one) => ({ type: "Concert", ...one }));
  const errors = parsed.error.issues.map(({ path, message }) => {
    const place = placeOf(isList ? path : path.slice(1));
    return `  ${place}: ${message}`;
  });
  throw new UsageError(`Cannot use '${file}' as concerts, put these right:\n${errors.join("\n")}`);
}

/** `rows[3].price`; the whole file is `(file)`. */
function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`)).join("");
  return place.replace(/^\./, "") || "(file)";
}

/** Indexes of names that stand earlier in the list too. */
function repeated(names: readonly string[]): number[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => (seen.size < seen.add(name).size ? [] : [index]));
}
