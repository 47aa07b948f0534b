import { type Event, record, type Topic, topic } from "../../workers/_runtime/mod.ts";

/** A sale as the bench's handlers see it. */
export interface Sale extends Event {
  type: "Sale";
  saleId: string;
  customerId: string;
  concertId: string;
  seats: string[];
  amount: number;
  currency: string;
  soldAt: number;
  holdUntil: number;
  channel: string;
}

/** A sale as an older producer writes it: one field more, one less, a narrower amount. */
export interface WrittenSale extends Event {
  type: "Sale";
  saleId: string;
  customerId: string;
  concertId: string;
  seats: string[];
  amount: number;
  currency: string;
  card: string;
  soldAt: number;
  holdUntil: number;
}

export interface Receipt extends Event {
  type: "Receipt";
  saleId: string;
  customerId: string;
  amount: number;
  currency: string;
  issuedAt: number;
}

const named = (name: string, fields: readonly object[]) => ({
  type: "record",
  name,
  namespace: "bench",
  fields,
});
const field = (name: string, type: unknown) => ({ name, type });
const texts = (...names: readonly string[]) => names.map((name) => field(name, "string"));
const seats = field("seats", { type: "array", items: "string" });
const times = [field("soldAt", "long"), field("holdUntil", "long")];

export const writerSchema = named("Sale", [
  ...texts("saleId", "customerId", "concertId"),
  seats,
  field("amount", "int"),
  ...texts("currency", "card"),
  ...times,
]);
export const readerSchema = named("Sale", [
  ...texts("saleId", "customerId", "concertId"),
  seats,
  field("amount", "long"),
  field("currency", "string"),
  ...times,
  { ...field("channel", "string"), default: "web" },
]);
export const receiptSchema = named("Receipt", [
  ...texts("saleId", "customerId"),
  field("amount", "long"),
  field("currency", "string"),
  field("issuedAt", "long"),
]);

export const Sale = record<Sale>("bench.Sale", readerSchema);
export const WrittenSale = record<WrittenSale>("bench.Sale", writerSchema);
export const Receipt = record<Receipt>("bench.Receipt", receiptSchema);

const byId = ({ saleId }: { saleId: string }) => saleId;

/** The topic as its producer declares it; its consumers read the same records with `Sale`. */
export function writtenSales(name: string, partitions: number): Topic<WrittenSale> {
  return topic({ name, records: [WrittenSale], key: byId, retention: "forever", partitions });
}

export function sales(name: string, partitions: number): Topic<Sale> {
  return topic({ name, records: [Sale], key: byId, retention: "forever", partitions });
}

export function receipts(name: string, partitions: number): Topic<Receipt> {
  return topic({ name, records: [Receipt], key: byId, retention: "forever", partitions });
}

/** Epoch ms. */
const FIRST_SOLD_AT = 1_795_470_393_403;

/** The `n`-th sale, of key number `key`. */
export function saleOf(n: number, key: number): WrittenSale {
  return {
    type: "Sale",
    saleId: `3f2a9c1e-aaaa-4bbb-8ccc-${String(key).padStart(12, "0")}`,
    customerId: `customer-${key % 9973}`,
    concertId: `symphony-${n % 9}`,
    seats: [`A-${n % 40}`, `A-${(n % 40) + 1}`],
    amount: 12_500 + (n % 100),
    currency: "EUR",
    card: "tok_visa_4242",
    soldAt: FIRST_SOLD_AT + n,
    holdUntil: FIRST_SOLD_AT + 300_000 + n,
  };
}

/** Which sale it is, of those that `saleOf` makes. */
export function numberOf(sale: Pick<Sale, "soldAt">): number {
  return sale.soldAt - FIRST_SOLD_AT;
}

/** The receipt that the emit case writes for a sale. */
export function receiptOf(sale: Omit<Sale, "type" | "channel">): Receipt {
  const { saleId, customerId, amount, currency, soldAt } = sale;
  return { type: "Receipt", saleId, customerId, amount, currency, issuedAt: soldAt + 1 };
}
