import t from "tap";
import { type CodecOptions, createCodec } from "../../../workers/_runtime/codec.ts";
import { type AvroSchema, type Event, record, topic } from "../../../workers/_runtime/event.ts";
import { readFrame } from "../../../workers/_runtime/frame.ts";
import { type Registry, UnknownSchemaId } from "../../../workers/_runtime/registry.ts";
import { peer } from "./avro/codec-of.ts";

interface Paid extends Event {
  type: "Paid";
  id: string;
  amount: number;
}
const fields = [
  { name: "id", type: "string" },
  { name: "amount", type: "long" },
];
const schema = { type: "record", name: "Paid", namespace: "shop", fields };
const Paid = record<Paid>("shop.Paid", schema);
const payments = topic({ name: "payments", records: [Paid], key: (event) => event.id });
const signal = new AbortController().signal;
const paid: Paid = { type: "Paid", id: "r-1", amount: 1250 };

/** The registry's port with given answers; registry.test.ts holds the real one to it. */
function codecOf(schemas: Readonly<Record<number, AvroSchema>>, options: Partial<CodecOptions> = {}) {
  const asked: (number | string)[] = [];
  const registry: Registry = {
    async schemaById(id) {
      asked.push(id);
      const schema = schemas[id];
      if (schema === undefined) throw new UnknownSchemaId(id);
      return { format: "AVRO", schema, references: [] };
    },
    async idFor(subject) {
      asked.push(subject);
      return 7;
    },
  };
  return { codec: createCodec({ registry, records: [Paid], topics: [payments], ...options }), asked };
}

t.test("nameOf() knows what resolveName() has asked", async (t) => {
  const { codec, asked } = codecOf({ 3: schema, 4: "string", 5: { ...schema, namespace: "other" } });
  t.equal(codec.nameOf(3), undefined);
  t.equal(await codec.resolveName(3, signal), "shop.Paid");
  t.equal(codec.nameOf(3), "shop.Paid");
  t.equal(await codec.resolveName(3, signal), "shop.Paid");
  t.equal(await codec.resolveName(4, signal), "string");
  t.equal(await codec.resolveName(5, signal), "other.Paid");
  t.same(asked, [3, 4, 5]);
  await t.rejects(codec.resolveName(9, signal), UnknownSchemaId);
  t.equal(codec.nameOf(9), undefined);
});

t.test("nameOf() gives a record that a reader has as an alias the reader's name", async (t) => {
  const reader = record("shop.Paid", { ...schema, aliases: ["old.Settled"] });
  const written = { ...schema, name: "Settled", namespace: "old" };
  const { codec } = codecOf({ 3: written }, { records: [reader] });
  t.equal(await codec.resolveName(3, signal), "shop.Paid");
  t.match(codec.decode(reader, 3, peer(schema).toBuffer({ id: "r-1", amount: 5 })), {
    type: "Paid",
    amount: 5,
  });
});

t.test("nameOf() of another format's schema is no reader's", async (t) => {
  const registry: Registry = {
    schemaById: async () => ({ format: "PROTOBUF", schema: undefined, references: [] }),
    idFor: async () => 1,
  };
  const { codec } = codecOf({}, { registry });
  t.equal(await codec.resolveName(3, signal), "a PROTOBUF schema");
});

t.test("encode() and decode() carry an event through its frame", async (t) => {
  const { codec, asked } = codecOf({ 7: schema });
  await codec.ready(signal);
  await codec.ready(signal);
  t.same(asked, ["payments-shop.Paid"], "one look-up a subject, <topic>-<full name>");
  const { schemaId, value } = codec.encode(payments, paid);
  t.equal(schemaId, 7);
  const frame = readFrame(value);
  if (frame.kind !== "event") throw new Error(frame.kind);
  t.equal(frame.schemaId, 7);
  t.same(frame.payload, peer(schema).toBuffer(paid));
  await codec.resolveName(7, signal);
  const event = codec.decode(Paid, 7, frame.payload);
  t.strictSame(event, paid);
});

t.test("decode() compiles once for each schema id and reader", async (t) => {
  let read = 0;
  const registered = {
    format: "AVRO",
    references: [],
    get schema() {
      read++;
      return schema;
    },
  };
  const registry: Registry = { schemaById: async () => registered, idFor: async () => 1 };
  const Receipt = record<Paid>("shop.Paid", { ...schema, doc: "Another reader of the same record." });
  const { codec } = codecOf({}, { registry, records: [Paid, Receipt] });
  await codec.resolveName(3, signal);
  const bytes = peer(schema).toBuffer({ id: "r-1", amount: 5 });
  const costs = [Paid, Paid, Receipt, Paid, Receipt].map((reader) => {
    const before = read;
    codec.decode(reader, 3, bytes);
    return read > before;
  });
  t.same(costs, [true, false, true, false, false]);
});

t.test("decode() keeps the compiled readers of the thousand schema ids that were met last", async (t) => {
  const ids = Array.from({ length: 1_001 }, (_, index) => index + 1);
  const { codec, asked } = codecOf(Object.fromEntries(ids.map((id) => [id, schema])));
  for (const id of ids) await codec.resolveName(id, signal);
  t.equal(codec.nameOf(1), undefined, "the oldest is forgotten");
  t.equal(codec.nameOf(2), "shop.Paid");
  t.throws(() => codec.decode(Paid, 1, Buffer.alloc(0)), /schema 1 is not loaded yet/);
  t.equal(await codec.resolveName(1, signal), "shop.Paid", "and asked for again");
  t.equal(asked.length, 1_002);
});

t.test("decode() puts the type on the event and on records in unions, not on others inside it", async (t) => {
  const leaf = { type: "record", name: "Leaf", fields: [] };
  const fields = [
    { name: "next", type: ["null", "Tree"] },
    { name: "leaf", type: leaf },
  ];
  const tree = { type: "record", name: "Tree", fields };
  const Tree = record("Tree", tree);
  const { codec } = codecOf({ 1: tree }, { records: [Tree] });
  await codec.resolveName(1, signal);
  const next = { type: "Tree", next: null, leaf: {} };
  t.strictSame(codec.decode(Tree, 1, Buffer.from([2, 0])), { type: "Tree", next, leaf: {} } as Event);
});

t.test("lookups count a miss for each reader that is compiled, and hits afterwards", async (t) => {
  const { codec } = codecOf({ 3: schema, 4: { ...schema, doc: "another build's" } });
  const bytes = peer(schema).toBuffer({ id: "r-1", amount: 5 });
  t.throws(() => codec.decode(Paid, 3, bytes), /not loaded yet/);
  t.same(codec.lookups, { hits: 0, misses: 0 }, "nothing was there to be looked up");
  for (const id of [3, 4]) await codec.resolveName(id, signal);
  for (const id of [3, 3, 3, 4, 3]) codec.decode(Paid, id, bytes);
  t.same(codec.lookups, { hits: 3, misses: 2 });
});

t.test("decode() throws Unresolvable with id, record and reason", async (t) => {
  const { codec } = codecOf({
    3: { ...schema, fields: [fields[0]] },
    4: { ...schema, fields: "none" },
    5: { ...schema, fields: [{ name: "id", type: ["string", "null"] }, fields[1]] },
  });
  for (const id of [3, 4, 5]) await codec.resolveName(id, signal);
  const message = (id: number, reason: string) => ({
    name: "Unresolvable",
    message: `Cannot read schema ${id} as 'shop.Paid' of this build: ${reason}`,
  });
  const missing = message(3, "'Paid.amount' was not written, and the reader has no default for it");
  t.throws(() => codec.decode(Paid, 3, Buffer.from([0])), missing);
  t.throws(
    () => codec.decode(Paid, 4, Buffer.from([0])),
    message(4, "Cannot read schema as 'shop.Paid' has no fields"),
  );
  t.throws(
    () => codec.decode(Paid, 5, Buffer.from([2, 0])),
    message(5, "'Paid.id' was written as null, the reader has string"),
  );
  t.same(codec.decode(Paid, 5, Buffer.from([0, 2, 0x61, 2])), { type: "Paid", id: "a", amount: 1 });
});

t.test("decode() throws CorruptPayload, a Permanent, for bytes that aren't the writer's", async (t) => {
  const { codec } = codecOf({ 3: schema });
  await codec.resolveName(3, signal);
  t.throws(() => codec.decode(Paid, 3, Buffer.from([2])), { name: "CorruptPayload" });
  t.throws(() => codec.decode(Paid, 9, Buffer.from([2])), {
    message: "Cannot decode as schema 9 is not loaded yet",
  });
});

t.test("encode() throws EncodeFailed naming what the topic carries", async (t) => {
  const { codec } = codecOf({});
  t.throws(() => codec.encode(payments, paid), { message: "Cannot encode 'Paid' before the codec is ready" });
  await codec.ready(signal);
  const wrong = { type: "Refunded", id: "r-1" } as unknown as Paid;
  t.throws(() => codec.encode(payments, wrong), {
    name: "EncodeFailed",
    message: "Cannot encode event for topic 'payments' as it carries Paid: current type is 'Refunded'",
  });
  const other = topic({ name: "audit", records: [Paid], key: (event) => event.id });
  t.throws(() => codec.encode(other, paid), { message: /nothing that this worker declared in 'emits'/ });
  t.throws(() => codec.encode(payments, { ...paid, amount: 0.5 }), {
    message: "Cannot encode 'amount' as it must be a whole number below 2^53: current value is 0.5",
  });
});

t.test("createCodec() refuses a reader that is not the record of its name", async (t) => {
  for (const [broken, message] of [
    [record("shop.Other", schema), "Cannot use schema of 'shop.Other' as it must be the record of that name"],
    [
      record("shop.Paid", { ...schema, fields: [{ name: "type", type: "int" }] }),
      "Cannot use schema of 'shop.Paid' as a field named 'type' would hide the record's name",
    ],
  ] as const) {
    t.throws(() => codecOf({}, { records: [broken] }), { name: "InvalidSchema", message });
  }
});
