import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const byName = z.record(z.string(), z.number());
const machine = z.object({ cores: z.number(), cpu: z.string(), load: z.number(), node: z.string() });
const written = z.object({ records: z.number(), bytes: z.number(), disk: z.number() });

/** Figures are means of one request; CPU in milliseconds, what is used with nothing to do taken off. */
const paced = z.object({
  perSecond: z.number(),
  requests: z.number(),
  accepted: z.number(),
  cpuMs: byName,
  transactions: z.number(),
  topics: z.object({ reservations: written, payments: written }),
  redisBytes: z.number(),
});

const reservation = z.object({
  at: z.string(),
  machine,
  /** CPU milliseconds a second of each process with nothing to do. */
  idle: byName,
  loads: z.array(paced).min(1),
  refused: paced,
  redisCalls: byName,
  transactions: z
    .array(
      z.object({
        recordsEach: z.number(),
        perSecond: z.number(),
        recordsPerSecond: z.number(),
        msEach: z.number(),
        p50Ms: z.number(),
      }),
    )
    .min(1),
});

const spike = z.object({
  at: z.string(),
  machine,
  /** Of the group when a second member joined. */
  stoodSeconds: z.number(),
  /** Of it, without the handlers that it waited for. */
  joinSeconds: z.number(),
  /** From exec until a member was ready. */
  startSeconds: z.number(),
  onSale: z.object({
    asked: z.number(),
    taken: z.number(),
    accepted: z.number(),
    soldOut: z.number(),
  }),
  comparisons: z.array(
    z.object({
      name: z.string(),
      records: z.number(),
      real: z.number(),
      simulated: z.number(),
      furthest: z.number(),
      mostLag: z.object({ real: z.number(), simulated: z.number() }),
    }),
  ),
  trace: z.object({ stepMs: z.number(), counts: z.record(z.string(), z.array(z.number())) }),
});

/** What `npm run bench:reservation -- --keep` measured. */
export type MeasuredReservation = z.infer<typeof reservation>;
export type Paced = z.infer<typeof paced>;
/** What `npm run bench:spike -- --keep` recorded. */
export type MeasuredSpike = z.infer<typeof spike>;

const folder = join(import.meta.dirname, "../../../docs/scaling");

export function readMeasured(): { readonly reservation: MeasuredReservation; readonly spike: MeasuredSpike } {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));
  return { reservation: reservation.parse(read("measured.json")), spike: spike.parse(read("spike.json")) };
}
