import { reservations } from "../../schemas/topics.ts";
import type {
  CancellationRequested,
  Concert,
  PaymentCaptured,
  PaymentDeclined,
} from "../../schemas/types.ts";
import type { HandlerContext } from "../_runtime/mod.ts";
import { applyDecision, type Decision, type Reservation, type SeatMap } from "../_seats/mod.ts";
import { decideCancellation, decideCapture, decideDecline } from "./decide.ts";

export type SettlementContext = Pick<HandlerContext, "emit" | "id" | "log" | "signal" | "time"> & {
  readonly seatMap: Pick<SeatMap, "find" | "move" | "concert" | "putConcert">;
};

/** Settlement alone decides sale against cancellation; the first transition wins and alone emits. */
export async function handle(
  event: PaymentCaptured | PaymentDeclined | CancellationRequested | Concert,
  context: SettlementContext,
): Promise<void> {
  const { emit, id, log, signal, seatMap, time } = context;
  if (event.type === "Concert") return await seatMap.putConcert(event, time);

  const { reservationId } = event;
  const decide = async (reservation: Reservation | undefined): Promise<Decision> => {
    if (event.type === "PaymentCaptured") return decideCapture(reservation, event, id);
    if (event.type === "PaymentDeclined") return decideDecline(reservation, event, id);
    const sold = reservation?.state === "sold" ? reservation : undefined;
    const concert = sold && (await seatMap.concert(sold.concertId));
    return decideCancellation(reservation, event, id, concert?.cutOffAt);
  };
  const { events, why } = await applyDecision(seatMap, { reservationId, id, signal }, decide);
  if (why !== undefined) log.info({ reservationId, record: event.type, why }, "Nothing to settle");
  for (const end of events) emit(reservations, end);
}
