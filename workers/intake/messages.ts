import { z } from "zod";

/** What intake takes and gives, as zod schemas: validation, types and the OpenAPI document come from these. */

const seat = z.string().regex(/^[A-Za-z0-9-]{1,24}$/, "must be a seat like 'C-12'");

const clientId = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,100}$/, "must be 1 to 100 letters, digits, '.', '_' or '-'");

export const ReservationRequest = z.strictObject({
  concertId: z.string().min(1).max(64),
  seats: z
    .array(seat)
    .min(1)
    .max(8)
    .refine((seats) => new Set(seats).size === seats.length, "must be different seats")
    .describe("1 to 8 different ones; held all or nothing."),
  customerId: clientId.optional().describe("Needed only without the header `x-client-id`."),
  card: z
    .string()
    // Digits with nothing but separators between and around them: the log would keep it for ever.
    .refine((card) => !/^[^A-Za-z\d]*(?:\d[^A-Za-z\d]*){12,19}$/.test(card), {
      error: "must be a payment token, never a card number",
      abort: true,
    })
    .regex(/^[\x21-\x7e]{1,200}$/, "must be 1 to 200 visible ASCII characters")
    .describe("The payment gateway's token of the payment method."),
  email: z
    .email()
    .max(254)
    .optional()
    .describe(
      "Where notices go; kept apart from the events, erasable. A new request's takes the place of an earlier one.",
    ),
});
export type ReservationRequest = z.infer<typeof ReservationRequest>;

export const ReserveHeaders = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, "must be 1 to 200 visible ASCII characters")
    .describe("Names this request: repeat it with the same key after a lost answer."),
  "x-client-id": clientId
    .optional()
    .describe("Who asks. Set by whatever authenticates clients in front of this service."),
});

export const ClientHeaders = z.object({ "x-client-id": clientId.describe("Whose reservation it is.") });

export const ReservationParams = z.object({
  id: z.string().regex(/^[A-Za-z0-9-]{1,64}$/, "must be a reservation's id"),
});

export const ConcertParams = z.object({ id: z.string().min(1).max(64) });

export const SeatsQuery = z.object({
  since: z
    .string()
    .max(100)
    .optional()
    .describe("The `version` of an earlier answer: only what changed since then is given, when still known."),
});

export const ReservationView = z.object({
  reservationId: z.string(),
  state: z
    .enum(["held", "sold", "expired", "declined", "cancelled", "lapsed"])
    .describe("`held` until the payment ends it; `sold`: the seats are yours; all others: they are not."),
  concertId: z.string(),
  seats: z.array(z.string()),
  amount: z.int().describe("Minor units."),
  currency: z.string().describe("ISO 4217."),
  requestedAt: z.iso.datetime(),
  holdUntil: z.iso.datetime().describe("The hold's deadline; never charged after it."),
  reason: z.enum(["DECLINED", "TOO_LATE", "SEATS_GONE"]).optional().describe("Of a declined one."),
});
export type ReservationView = z.infer<typeof ReservationView>;

export const SeatsView = z.object({
  concertId: z.string(),
  version: z.string().describe("Opaque; also the ETag."),
  full: z.boolean().describe("True: every seat that isn't free. False: only what changed, `free` included."),
  seats: z.record(z.string(), z.enum(["free", "held", "sold"])),
});
export type SeatsView = z.infer<typeof SeatsView>;

export const ConcertView = z.object({
  concertId: z.string(),
  name: z.string(),
  hall: z.string(),
  currency: z.string(),
  startsAt: z.iso.datetime(),
  cutOffAt: z.iso.datetime().describe("From here on a sold seat can't be cancelled."),
  rows: z
    .array(
      z.object({ name: z.string(), seats: z.int(), price: z.int().describe("Of each seat, minor units.") }),
    )
    .describe("Front row first; seats are `<row>-<number>`, numbered from 1."),
});
export type ConcertView = z.infer<typeof ConcertView>;

export const ConcertList = z.object({
  concerts: z.array(
    ConcertView.omit({ rows: true }).extend({ seats: z.int().describe("Of the whole hall.") }),
  ),
});
export type ConcertList = z.infer<typeof ConcertList>;

export const ProblemBody = z.object({
  type: z.string().describe("A URI relative to this service."),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  seats: z.array(z.string()).optional(),
  state: z.string().optional(),
  reservationId: z.string().optional(),
  errors: z.array(z.object({ place: z.string(), detail: z.string() })).optional(),
});
