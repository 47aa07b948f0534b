import type { CancellationRequested, ReservationRequested } from "../../schemas/types.ts";
import { Permanent, PublishFailed, Unavailable } from "../_runtime/mod.ts";
import type { Desk } from "./desk.ts";

/**
 * What is known of a publish. `recorded`: the log has it. `not recorded`: it certainly has not. `unknown`: it may,
 * now or in a moment.
 */
export type PublishOutcome =
  | { readonly kind: "recorded" }
  | { readonly kind: "not recorded" | "unknown"; readonly error: unknown };

/** Publishes within the desk's time and says what is known afterwards; never throws. */
export async function publishOutcome(
  desk: Pick<Desk, "publish" | "publishTimeoutMs">,
  event: ReservationRequested | CancellationRequested,
): Promise<PublishOutcome> {
  try {
    await desk.publish(event, AbortSignal.timeout(desk.publishTimeoutMs));
    return { kind: "recorded" };
  } catch (error) {
    return { kind: isCertain(error) ? "not recorded" : "unknown", error };
  }
}

/** The two besides PublishFailed come from encoding, before anything is sent; of the rest nothing is known. */
function isCertain(error: unknown): boolean {
  if (error instanceof PublishFailed) return error.certain;
  return error instanceof Unavailable || error instanceof Permanent;
}
