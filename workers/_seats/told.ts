import { concerts, payments, reservations } from "../../schemas/topics.ts";
import type { Concert } from "../../schemas/types.ts";
import type { Broker, Event, Topic } from "../_runtime/mod.ts";
import { type Claims, claimsOf } from "./claims.ts";
import { type Positions, type ReadEvent, readTopic } from "./read-log.ts";
import { addToStory, type ReservationEvent, type Stories } from "./story.ts";

/** Names of the source topics, when a test has its own. */
export interface TopicNames {
  readonly concerts: string;
  readonly reservations: string;
  readonly payments: string;
}

export const TOPICS: TopicNames = {
  concerts: concerts.name,
  reservations: reservations.name,
  payments: payments.name,
};

/** What the log told so far. */
export interface Told {
  readonly stories: Stories;
  readonly concerts: Map<string, { readonly concert: Concert; readonly time: number }>;
  readonly positions: Positions;
  records: number;
  undecodable: number;
}

export function nothingTold(): Told {
  return { stories: new Map(), concerts: new Map(), positions: new Map(), records: 0, undecodable: 0 };
}

export interface TellOptions {
  readonly broker: Pick<Broker, "admin" | "readAt">;
  readonly readEvent: ReadEvent;
  readonly signal: AbortSignal;
  readonly topics?: TopicNames;
  /** Records read so far, of about `total`. */
  readonly onRead?: (done: number, total: number) => void;
}

/** Reads on from where `told` stands, to the newest committed record. */
export async function readOn(told: Told, options: TellOptions): Promise<void> {
  const { broker, readEvent, signal, topics = TOPICS, onRead = () => {} } = options;
  const total = told.records + (await recordsBehind(options, told.positions));
  const read = async (topic: Topic, name: string, take: (event: Event, time: number) => void) =>
    await readTopic(broker, name, told.positions, signal, async (record) => {
      told.records++;
      if (told.records % 1_000 === 0) onRead(told.records, total);
      const answer = await readEvent(record, topic, signal);
      if (answer === "undecodable") told.undecodable++;
      else if (answer !== "foreign") take(answer.event, record.timestamp);
    });
  await read(concerts, topics.concerts, (event, time) => {
    // The reader answers with nothing but the topic's records.
    const concert = event as Concert;
    told.concerts.set(concert.concertId, { concert, time });
  });
  await read(reservations, topics.reservations, (event) =>
    addToStory(told.stories, event as ReservationEvent),
  );
  onRead(told.records, told.records);
}

export function claimsFrom(told: Told): Claims {
  return claimsOf(told.stories, (concertId) => told.concerts.get(concertId)?.concert.cutOffAt);
}

async function recordsBehind(
  { broker, topics = TOPICS }: TellOptions,
  positions: Positions,
): Promise<number> {
  const names = [topics.concerts, topics.reservations];
  const known = await broker.admin.partitionCounts(names);
  const offsets = await Promise.all(
    names
      .filter((name) => known.has(name))
      .map(async (name) => ({ name, all: await broker.admin.offsets(name) })),
  );
  return offsets
    .flatMap(({ name, all }) =>
      all.map(({ partition, low, high }) => high - Math.max(low, positions.get(`${name}-${partition}`) ?? 0)),
    )
    .reduce((sum, count) => sum + count, 0);
}
