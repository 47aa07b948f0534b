import { appendFileSync } from "node:fs";
import { pino } from "pino";
import { connectBroker } from "../../workers/_runtime/broker.ts";
import { readConfig } from "../../workers/_runtime/mod.ts";
import { figuresOf } from "../invariants/figures.ts";
import { endOf, historiesOf, isJudged } from "../invariants/history.ts";
import { isHeld, type Settled, settle } from "../invariants/settle.ts";
import { openWitness, type Sight, type Witness } from "../invariants/witness.ts";
import type { Accepted, Sown } from "../load/accepted.ts";
import { readSteps } from "../load/file.ts";
import { runLoad } from "../load/run-load.ts";
import { createSower } from "../load/sow.ts";
import type { Step } from "../load/step.ts";
import type { Summary } from "../load/summary.ts";
import { createTally } from "../load/tally.ts";
import { pauseOrThrow } from "../pause-or-throw.ts";
import { shortOf, slower } from "./enough.ts";
import type { Fleet } from "./fleet.ts";
import type { Live } from "./live.ts";
import { greylistMails } from "./mail-faults.ts";

export interface OnSaleOptions {
  /** NDJSON, as `load --write` makes it. */
  readonly requestsFile: string;
  readonly concertId: string;
  /** Names the clients: another name makes other reservations. */
  readonly run: string;
  /** Longest wait from the last request until all has ended. */
  readonly settleMs: number;
  /**
   * Sells on, slower, until enough of everything was seen (`enough.ts`): on a machine too slow to charge within a hold
   * nearly every reservation expires. @default false
   */
  readonly untilEnough?: boolean;
}

export interface OnSaleResult {
  /** Of the first round. */
  readonly load: Summary;
  /** After the last one. */
  readonly settled: Settled;
  /** How often the demand came, the first time included. */
  readonly rounds: number;
  /** What too little was seen of for all that; none unless `untilEnough`. */
  readonly short: readonly string[];
}

const LOOK_EVERY_MS = 1_000;
/** Beyond a hold, in which nothing has to happen, before stillness counts as stuck. */
const QUIET_MARGIN_MS = 60_000;
/**
 * Several times what an intake that keeps up ever has. Where one doesn't, thousands of requests that time out and are
 * asked again would take the machine from the fleet, and from our own answers of Kafka.
 */
const MAX_IN_FLIGHT = 200;
/** How much slower than its file says each further round is. */
const SLOWER = [8, 40];

/** Sends the on-sale's requests to the fleet and waits until all of it has come to an end. */
export async function runOnSale(
  fleet: Fleet,
  { requestsFile, concertId, run, settleMs, untilEnough = false }: OnSaleOptions,
  live: Live,
  signal: AbortSignal,
): Promise<OnSaleResult> {
  const config = readConfig(fleet.env, ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL", "REDIS_URL"]);
  const log = pino({ level: "silent" });
  const note = (entry: Accepted | Sown) => appendFileSync(fleet.clientLedger, `${JSON.stringify(entry)}\n`);
  const witness = await openWitness({
    config,
    log,
    gatewayUrl: fleet.gateway.adminUrl,
    mailUrl: fleet.catcherUrl,
    clientLedger: fleet.clientLedger,
    kills: () => killsOf(fleet, "notification"),
    since: fleet.since,
  });
  const broker = connectBroker(config.kafka, { clientId: "on-sale", log });
  const tally = createTally();
  try {
    const sow = await createSower(broker.producer(), config.registry, signal);
    if (fleet.catcherUrl !== undefined) await greylistMails(fleet.catcherUrl, signal);
    const sell = async (
      name: string,
      steps: AsyncIterable<Step>,
      saw: (sight: Sight) => void = () => {},
    ): Promise<Summary> => {
      const shop = { url: fleet.intakeUrl, concertId, run: name, timeoutMs: 5_000 };
      const over = new AbortController();
      const looked = (sight: Sight) => {
        saw(sight);
        live.show(saleLine(tally.counts, sight));
      };
      const watching = watch(witness, looked, AbortSignal.any([signal, over.signal]));
      try {
        return await runLoad({ shop, steps, sow, note, tally, maxInFlight: MAX_IN_FLIGHT }, signal);
      } finally {
        over.abort();
        await watching;
      }
    };
    const untilEnded = () =>
      settle(
        witness,
        {
          mostMs: settleMs,
          quietMs: config.intake.holdMs + QUIET_MARGIN_MS,
          looked: (sight, left) => live.show(`${saleLine(tally.counts, sight)}; ${left} under way`),
        },
        signal,
      );
    const load = await sell(run, readSteps(requestsFile));
    live.say(`all ${load.steps} requests sent in ${load.seconds} s; waiting until everything has ended`);
    let settled = await untilEnded();
    let rounds = 1;
    const shortNow = () => (untilEnough ? shortOf(figuresOf(settled)) : []);
    for (const times of SLOWER) {
      const short = shortNow();
      // What is broken stays broken, and isn't to be buried.
      if (short.length === 0 || !isHeld(settled)) break;
      live.say(`too little was seen (${short.join(", ")}): selling on, ${times} times slower`);
      rounds += 1;
      let isEnough = false;
      await sell(
        `${run}-${rounds}`,
        slower(readSteps(requestsFile), times, () => isEnough),
        (sight) => {
          isEnough = shortOf(figuresOf(sight)).length === 0;
        },
      );
      settled = await untilEnded();
    }
    live.end();
    return { load, settled, rounds, short: shortNow() };
  } finally {
    await Promise.all([broker.close(), witness.close()]);
  }
}

/** Looks again and again: retry topics are trimmed behind what is done, so what passed must be seen in time. */
async function watch(witness: Witness, saw: (sight: Sight) => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      saw(await witness.look(signal));
      await pauseOrThrow(LOOK_EVERY_MS, signal);
    } catch (error) {
      // A witness that is away for a moment is asked again; at the end it must answer.
      if (!signal.aborted) await pauseOrThrow(LOOK_EVERY_MS, signal).catch(() => error);
    }
  }
}

function saleLine(
  counts: { readonly sent: number; readonly soldOut: number },
  { facts, log }: Sight,
): string {
  const ends = { Confirmed: 0, Rejected: 0, Expired: 0, Cancelled: 0 };
  let requested = 0;
  for (const history of historiesOf(facts).values()) {
    if (!isJudged(history, facts)) continue;
    if (history.requested) requested += 1;
    const end = endOf(history)?.event.type.replace("Reservation", "");
    if (end !== undefined && end in ends) ends[end as keyof typeof ends] += 1;
  }
  return `${counts.sent} sent, ${requested} accepted, ${counts.soldOut} found no seats: ${ends.Confirmed} confirmed, ${ends.Rejected} rejected, ${ends.Expired} expired, ${ends.Cancelled} cancelled, ${facts.refunds.length} refunded; ${log.retried} retried, ${log.parked} parked, ${facts.letters.length} dead letters`;
}

export function killsOf({ workers }: Fleet, name: string): number {
  return workers.find((worker) => worker.name === name)?.process.uncleanEnds ?? 0;
}
