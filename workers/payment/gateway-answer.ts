import { z } from "zod";
import { Permanent, Unavailable } from "../_runtime/mod.ts";
import type { Standing, Step } from "./decide.ts";
import { Unheard } from "./unheard.ts";

const charge = z.object({ id: z.string().min(1), amount: z.int().positive(), currency: z.string() });
const refund = charge.extend({ charge: z.string().min(1) });
const closed = z.discriminatedUnion("state", [
  z.object({ state: z.literal("charged"), charge }),
  z.object({ state: z.literal("declined") }),
  z.object({ state: z.literal("closed") }),
]);
const problem = z.object({ code: z.string().max(64) });

/**
 * What an answer to `step` means; the one place that justifies every classification.
 * @throws {Permanent} this call can never succeed
 * @throws {Unavailable} nobody's call can succeed now
 * @throws {Unheard} what came is no answer: unknown outcome
 * @throws {Error} transient: the next attempt, under the same key, finds out
 */
export function standingOf(step: Step, status: number, body: unknown): Standing {
  if (status === 201 && step.call === "charge") return charged(read(charge, body));
  if (status === 200 && step.call === "close") return closing(read(closed, body));
  if (status === 201 && step.call === "refund") return refunded(read(refund, body));

  const parsed = problem.safeParse(body);
  const code = parsed.success ? parsed.data.code : "";
  if (step.call === "charge" && status === 402) return { is: "declined" };
  if (step.call === "charge" && status === 410 && code === "key_closed") return { is: "barred" };
  throw failure(step, status, code);
}

function failure(step: Step, status: number, code: string): Error {
  const what = `Cannot ${step.call} '${step.key}' as the gateway answers ${status}${code && ` ${code}`}`;
  // The key is taken by an attempt whose answer is still to come: neither done nor barred.
  if (status === 409) return new Error(`${what}: asked again later`);
  if (status === 422) return new Permanent(what);
  // Without the gateway's own code a proxy says so, and says it to everyone.
  if ((status === 400 || status === 413) && code !== "") return new Permanent(what);
  if (step.call === "refund" && status === 404 && code === "charge_unknown") return new Permanent(what);
  if (status === 429 || status === 502 || status === 503) return new Unavailable("gateway", what);
  // The gateway lives but stumbled over this call, perhaps after its effect.
  if (status === 408 || status >= 500) return new Error(`${what}: the outcome is unknown, asked again later`);
  // Anything else (401, 404, a redirect, HTML with 200) is no payment gateway's answer: a wrong address or
  // missing access must not turn a topic into dead letters.
  return new Unavailable("gateway", `${what}, which is not its API: check GATEWAY_URL`);
}

function charged(value: z.infer<typeof charge>): Standing {
  return { is: "charged", chargeId: value.id, amount: value.amount, currency: value.currency };
}

function refunded(value: z.infer<typeof refund>): Standing {
  const { id, charge: chargeId, amount, currency } = value;
  return { is: "refunded", refundId: id, chargeId, amount, currency };
}

function closing(value: z.infer<typeof closed>): Standing {
  if (value.state === "charged") return charged(value.charge);
  return { is: value.state === "closed" ? "barred" : "declined" };
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Unheard(
    "ECONNABORTED",

    "Cannot read the gateway's answer as it must be what its API says: see docs/gateway.md",
  );
}
