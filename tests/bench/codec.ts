/**
 * `node tests/bench/codec.ts`: decoding and encoding one event of the fleet, against plain avsc with a ready
 * resolver, rounds of both in turn. The ratio is the figure; below 1 is faster than avsc.
 */
import avsc from "avsc";
import { ReservationRequested } from "../../schemas/types.ts";
import { compile } from "../../workers/_runtime/avro/compile.ts";
import { encoder } from "../../workers/_runtime/avro/encode.ts";
import { resolve } from "../../workers/_runtime/avro/resolve.ts";
import { parseSchema } from "../../workers/_runtime/avro/schema.ts";

const ROUNDS = 7;
const CALLS = 500_000;

// AvroSchema is avsc's Schema without its classes; a copy each, since avsc keeps what it is given.
const schema = () => structuredClone(ReservationRequested.schema) as avsc.Schema;
const type = avsc.Type.forSchema(schema(), { wrapUnions: "never" });
const resolver = type.createResolver(avsc.Type.forSchema(schema(), { wrapUnions: "never" }));
const node = parseSchema(ReservationRequested.schema);
const decode = compile(resolve(node, node), "ReservationRequested");
const encode = encoder(node);

const event = {
  reservationId: "3f2a9c1e-aaaa-4bbb-8ccc-1234567890ab",
  customerId: "customer-12345",
  concertId: "symphony-9",
  seats: ["A-12", "A-13"],
  amount: 12_500,
  currency: "EUR",
  card: "tok_visa_4242",
  requestedAt: 1_795_470_393_403,
  holdUntil: 1_795_470_693_403,
};
const payload = type.toBuffer(event);

const cases = {
  decode: { avsc: () => type.fromBuffer(payload, resolver), own: () => decode(payload) },
  encode: { avsc: () => type.toBuffer(event), own: () => encode(event, 0) },
};

function nanoseconds(call: () => unknown): number {
  const start = process.hrtime.bigint();
  for (let n = 0; n < CALLS; n++) call();
  return Number(process.hrtime.bigint() - start) / CALLS;
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

process.stdout.write(
  `one ReservationRequested of ${payload.length} bytes, ns a call, median of ${ROUNDS} rounds\n`,
);
for (const [name, { avsc: peer, own }] of Object.entries(cases)) {
  const [theirs, ours]: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    const [a, b] = [nanoseconds(peer), nanoseconds(own)];
    // The first round warms both up.
    if (round === 0) continue;
    theirs.push(a);
    ours.push(b);
  }
  const [a, b] = [median(theirs), median(ours)];
  process.stdout.write(`${name}  avsc ${a.toFixed(0)}  own ${b.toFixed(0)}  ratio ${(b / a).toFixed(2)}\n`);
}
