import avsc from "avsc";
import { ReservationRequested } from "../../schemas/types.ts";
import { compile } from "../../workers/_runtime/avro/compile.ts";
import { resolve } from "../../workers/_runtime/avro/resolve.ts";
import { parseSchema } from "../../workers/_runtime/avro/schema.ts";

const type = avsc.Type.forSchema(ReservationRequested.schema as avsc.Schema, { wrapUnions: "never" });
const resolver = type.createResolver(avsc.Type.forSchema(ReservationRequested.schema as avsc.Schema));
const payload = type.toBuffer({
  reservationId: "3f2a9c1e-aaaa-4bbb-8ccc-1234567890ab",
  customerId: "customer-12345",
  concertId: "symphony-9",
  seats: ["A-12", "A-13"],
  amount: 12500,
  currency: "EUR",
  card: "tok_visa_4242",
  requestedAt: Date.now(),
  holdUntil: Date.now() + 300000,
});
const node = parseSchema(ReservationRequested.schema);
const decode = compile(resolve(node, node), "ReservationRequested");
console.log(decode(payload), payload.length);
function bench(name: string, f: () => unknown) {
  for (let i = 0; i < 2e5; i++) f();
  const t = process.hrtime.bigint();
  for (let i = 0; i < 1e6; i++) f();
  console.log(name, Number(process.hrtime.bigint() - t) / 1e6, "ns");
}
for (let k = 0; k < 3; k++) {
  bench("avsc", () => type.fromBuffer(payload, resolver));
  bench("own", () => decode(payload));
}
