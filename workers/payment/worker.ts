import { payments, reservations } from "../../schemas/topics.ts";
import { CancellationRequested, RefundRequested, ReservationRequested } from "../../schemas/types.ts";
import { defineWorker, from } from "../_runtime/mod.ts";
import { createGateway } from "./gateway-client.ts";
import { handle } from "./handle.ts";

/** Charges, closes and refunds through the gateway's HTTP API, and announces what stands there. */
export default defineWorker({
  name: "payment",
  reads: [from(reservations, ReservationRequested, CancellationRequested, RefundRequested)],
  emits: [payments],
  permissions: { net: ["GATEWAY_URL"] },
  setup: ({ config }) => ({ gateway: createGateway(config.gateway), now: Date.now }),
  handle,
});
