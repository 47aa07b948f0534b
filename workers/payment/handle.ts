import { payments } from "../../schemas/topics.ts";
import type { HandlerContext } from "../_runtime/mod.ts";
import { outcomeOf, type PaymentCommand, stepFor } from "./decide.ts";
import type { GatewayClient } from "./gateway-client.ts";

export interface PaymentResources {
  readonly gateway: GatewayClient;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * One call at the gateway, one event of what stands there. Nothing is remembered between attempts: the
 * idempotency keys are, at the gateway.
 */
export async function handle(
  event: PaymentCommand,
  { gateway, now, emit, signal, log }: Pick<HandlerContext, "emit" | "signal" | "log"> & PaymentResources,
): Promise<void> {
  const step = stepFor(event, now(), gateway.timeoutMs);
  const standing = await gateway.call(step, signal);
  log.debug({ call: step.call, standing: standing.is }, "gateway answered");
  const outcome = outcomeOf(event, standing);
  if (outcome) emit(payments, outcome);
}
