import type { Logger } from "pino";
import { type Broker, connectBroker } from "../../workers/_runtime/broker.ts";
import { type Config, connectRedis } from "../../workers/_runtime/mod.ts";
import { connectRegistry } from "../../workers/_runtime/registry.ts";
import { createSeatMap, type SeatMap } from "../../workers/_seats/mod.ts";
import { loadWorkers } from "../../workers/all.ts";
import { busyTopics } from "./busy.ts";
import type { Facts, Reader, SeatMapFacts } from "./facts.ts";
import { readClientLedger } from "./read-client.ts";
import { gatewayLedger, mailLedger } from "./read-ledgers.ts";
import { createLogReader, type LogFacts } from "./read-log.ts";

/** Everything that the facts come from, kept open: each look reads only what is new. */
export interface Witness {
  /** @throws {Unavailable} naming who can't be asked */
  look(signal: AbortSignal): Promise<Sight>;
  /** Topics that a worker is not done with, as `<worker>: <topic>`; none: the fleet is at rest. */
  busy(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface Sight {
  readonly facts: Facts;
  readonly log: LogFacts;
}

export interface WitnessOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly gatewayUrl: string;
  /** Undefined: the mail server keeps no ledger that could be read. */
  readonly mailUrl: string | undefined;
  /** As `load --ledger` writes it, read again at each look. Undefined: nobody knows what clients were promised. */
  readonly clientLedger: string | undefined;
  readonly kills: () => number;
  /** As in `Facts`. @default 0 */
  readonly since?: number;
}

export async function openWitness(options: WitnessOptions): Promise<Witness> {
  const { config, log, clientLedger, kills, since = 0 } = options;
  const workers = await loadWorkers();
  const broker: Broker = connectBroker(config.kafka, { clientId: "invariants", log });
  const redis = await connectRedis(config.redis.url, { log });
  const seatMap = createSeatMap(redis);
  const reader = createLogReader(broker, connectRegistry(config.registry), since);
  const gateway = gatewayLedger(options.gatewayUrl);
  const mail = options.mailUrl === undefined ? undefined : mailLedger(options.mailUrl);
  const readers: Reader[] = workers.flatMap(({ name, reads }) =>
    reads
      .filter(({ topic }) => topic.name === "reservations")
      .map(({ records }) => ({ worker: name, records: records.map((record) => record.name) })),
  );
  return {
    async look(signal) {
      // The log last: what the witnesses have, the log then has too, but for what is just under way.
      await Promise.all([gateway.read(signal), mail?.read(signal)]);
      const seats = await readSeats(seatMap);
      const client = clientLedger === undefined ? undefined : await readClientLedger(clientLedger);
      await reader.read(signal);
      const { events, letters } = reader.facts;
      const facts: Facts = {
        events,
        letters,
        readers,
        seatMap: seats,
        charges: gateway.charges,
        refunds: gateway.refunds,
        mails: mail?.mails,
        client,
        kills: kills(),
        since,
      };
      return { facts, log: reader.facts };
    },
    busy: () => busyTopics(broker, workers),
    async close() {
      await Promise.all([broker.close(), redis.close()]);
    },
  };
}

async function readSeats(seatMap: SeatMap): Promise<SeatMapFacts> {
  const seats = new Map<string, Map<string, "held" | "sold">>();
  for (const concertId of await seatMap.concertIds()) {
    const view = await seatMap.seats(concertId);
    const taken = Object.entries(view.seats).flatMap(([seat, state]): [string, "held" | "sold"][] =>
      state === "free" ? [] : [[seat, state]],
    );
    seats.set(concertId, new Map(taken));
  }
  return { seats };
}
