/** One codec at one kind of work, in memory: bytes to values or back, a thousand sales over and over. */
import { SchemaRegistry, SchemaType } from "@kafkajs/confluent-schema-registry";
import avsc from "avsc";
import { compile } from "../../../workers/_runtime/avro/compile.ts";
import { encoder } from "../../../workers/_runtime/avro/encode.ts";
import { resolve } from "../../../workers/_runtime/avro/resolve.ts";
import { parseSchema } from "../../../workers/_runtime/avro/schema.ts";
import { readerSchema, saleOf, writerSchema } from "../sale.ts";
import { report } from "./stopwatch.ts";
import { asked } from "./words.ts";

type Call = (n: number) => unknown;

const DISTINCT = 1_000;
const words = asked();
const records = words.number("records");
const [codec, work] = [words.text("codec"), words.text("work")];
const reads = work === "decode with evolution" ? readerSchema : writerSchema;
const sales = Array.from({ length: DISTINCT }, (_, n) => saleOf(n, n));
const writer = typeOf(writerSchema);
const payloads = sales.map((sale) => writer.toBuffer(sale));

const CODECS: Readonly<Record<string, () => Call | Promise<Call>>> = {
  ours,
  avsc: plainAvsc,
  registryClient,
};
const call = await CODECS[codec]?.();
if (call === undefined) throw new Error(`Cannot measure '${codec}', which is no codec`);

const isAsync = call(0) instanceof Promise;
await run(Math.ceil(records / 5));
const cpu = process.cpuUsage();
const begun = performance.now();
await run(records);
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(cpu);
report({
  records,
  seconds,
  committedSeconds: seconds,
  cpuSeconds: (user + system) / 1e6,
  rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
});

async function run(calls: number): Promise<void> {
  if (call === undefined) return;
  if (isAsync) for (let n = 0; n < calls; n++) await call(n % DISTINCT);
  else for (let n = 0; n < calls; n++) call(n % DISTINCT);
}

function ours(): Call {
  const node = parseSchema(writerSchema);
  if (work === "encode") {
    const encode = encoder(node);
    return (n) => encode(sales[n], 0);
  }
  const decode = compile(resolve(node, parseSchema(reads)), "Sale");
  return (n) => decode(payloadOf(n));
}

/** What is fastest with avsc: both types and the resolver made once, no framing. */
function plainAvsc(): Call {
  if (work === "encode") return (n) => writer.toBuffer(sales[n]);
  const reader = typeOf(reads);
  const resolver = reader.createResolver(writer);
  return (n) => reader.fromBuffer(payloadOf(n), resolver);
}

/** As its manual shows it: framed, the schema asked for by its id, from a cache after the first time. */
async function registryClient(): Promise<Call> {
  const registry = new SchemaRegistry({ host: words.text("registry") });
  const schema = JSON.stringify(writerSchema);
  const { id } = await registry.register({ type: SchemaType.AVRO, schema }, { subject: words.text("group") });
  if (work === "encode") return (n) => registry.encode(id, sales[n]);
  const framed = await Promise.all(sales.map((sale) => registry.encode(id, sale)));
  // RawAvroSchema is our schema without its mutable arrays.
  const options = reads === writerSchema ? undefined : { AVRO: { readerSchema: readerSchema as never } };
  return (n) => registry.decode(framed[n] ?? Buffer.alloc(0), options);
}

function payloadOf(n: number): Buffer {
  const payload = payloads[n];
  if (payload === undefined) throw new Error(`Cannot decode sale ${n} of ${DISTINCT}`);
  return payload;
}

/** AvroSchema is avsc's Schema without its classes; a copy, since avsc keeps what it is given. */
function typeOf(schema: object): avsc.Type {
  return avsc.Type.forSchema(structuredClone(schema) as avsc.Schema, { wrapUnions: "never" });
}
