import { z } from "zod";
import { Unavailable } from "../../workers/_runtime/mod.ts";
import type { Charge, ReceivedMail, Refund } from "./facts.ts";

const ChargeEntry = z.object({
  kind: z.literal("charge"),
  id: z.string(),
  key: z.string(),
  reference: z.string(),
  amount: z.number(),
});
const RefundEntry = z.object({
  kind: z.literal("refund"),
  id: z.string(),
  charge: z.string(),
  amount: z.number(),
});
const Entry = z.object({ seq: z.number() });
const Mail = z.object({ number: z.number(), messageId: z.string().optional(), subject: z.string() });

const PATIENCE_MS = 30_000;

/** A witness's ledger, read further with each `read()`. */
export interface GatewayLedger {
  readonly charges: readonly Charge[];
  readonly refunds: readonly Refund[];
  /** @throws {Unavailable} naming the address, when it doesn't answer well */
  read(signal: AbortSignal): Promise<void>;
}

export interface MailLedger {
  readonly mails: readonly ReceivedMail[];
  /** @throws {Unavailable} naming the address, when it doesn't answer well */
  read(signal: AbortSignal): Promise<void>;
}

/** The gateway's own ledger; `url` is its admin port or its own. */
export function gatewayLedger(url: string): GatewayLedger {
  const charges: Charge[] = [];
  const refunds: Refund[] = [];
  let after = 0;
  return {
    charges,
    refunds,
    async read(signal) {
      for (const entry of await linesFrom("gateway", `${url}/ledger?after=${after}`, signal)) {
        const charge = ChargeEntry.safeParse(entry);
        const refund = RefundEntry.safeParse(entry);
        if (charge.success) charges.push(charge.data);
        if (refund.success) refunds.push(refund.data);
        after = Math.max(after, Entry.parse(entry).seq);
      }
    },
  };
}

/** What the SMTP catcher accepted, in its order; `url` is its HTTP port. */
export function mailLedger(url: string): MailLedger {
  const mails: ReceivedMail[] = [];
  let after = 0;
  return {
    mails,
    async read(signal) {
      for (const entry of await linesFrom("smtp", `${url}/messages?after=${after}`, signal)) {
        const { number, messageId = "(none)", subject } = Mail.parse(entry);
        mails.push({ messageId, subject });
        after = Math.max(after, number);
      }
    },
  };
}

async function linesFrom(dependency: string, url: string, signal: AbortSignal): Promise<unknown[]> {
  const failed = (why: string, cause?: unknown) =>
    new Unavailable(dependency, `Cannot read the ledger at ${url}: ${why}`, { cause });
  let text: string;
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const response = await fetch(url, { headers: { accept: "application/x-ndjson" }, signal: patience });
    if (!response.ok) throw failed(`the answer was ${response.status}`);
    text = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof Unavailable ? error : failed("no answer", error);
  }
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
