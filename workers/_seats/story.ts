import type { reservations } from "../../schemas/topics.ts";
import type {
  CancellationRequested,
  RefundRequested,
  ReservationConfirmed,
  ReservationRejected,
  ReservationRequested,
} from "../../schemas/types.ts";
import type { Topic } from "../_runtime/mod.ts";

/** Any event of `reservations`. */
export type ReservationEvent = typeof reservations extends Topic<infer E> ? E : never;

/**
 * What the log says of one reservation. Kept as a set of facts, so that the order of records doesn't matter:
 * partitions are read one after the other, and after partitions were added a key's records lie in two.
 */
export interface Story {
  /** The newest, when a publish of unknown outcome was repeated. */
  readonly requested?: ReservationRequested;
  readonly confirmed?: ReservationConfirmed;
  readonly rejected?: ReservationRejected["reason"];
  readonly expired?: true;
  readonly cancelled?: true;
  /** The earliest wish that settlement may still have to decide on. */
  readonly cancellation?: Pick<CancellationRequested, "requestedAt">;
  readonly refund?: Pick<RefundRequested, "chargeId">;
}

export type Stories = Map<string, Story>;

/** Adds one event; adding it again changes nothing. */
export function addToStory(stories: Stories, event: ReservationEvent): void {
  const story = stories.get(event.reservationId) ?? {};
  const fact = factOf(story, event);
  if (fact !== undefined) stories.set(event.reservationId, { ...story, ...fact });
}

function factOf(story: Story, event: ReservationEvent): Story | undefined {
  switch (event.type) {
    case "ReservationRequested":
      return story.requested !== undefined && story.requested.requestedAt >= event.requestedAt
        ? undefined
        : { requested: event };
    case "ReservationConfirmed":
      return { confirmed: event };
    case "ReservationRejected":
      return { rejected: event.reason };
    case "ReservationExpired":
      return { expired: true };
    case "ReservationCancelled":
      return { cancelled: true };
    case "CancellationRequested": {
      const { requestedAt } = event;
      const earlier = story.cancellation?.requestedAt ?? Number.POSITIVE_INFINITY;
      return requestedAt < earlier ? { cancellation: { requestedAt } } : undefined;
    }
    case "RefundRequested":
      return { refund: { chargeId: event.chargeId } };
    case "HoldDue":
      return undefined;
  }
}
