import { randomUUID } from "node:crypto";
import t from "tap";
import { connectSubjects } from "../../../scripts/schemas/subjects.ts";
import { createCodec } from "../../../workers/_runtime/codec.ts";
import { Permanent, Unavailable } from "../../../workers/_runtime/errors.ts";
import { type AvroSchema, type Event, record, topic } from "../../../workers/_runtime/event.ts";
import { readFrame } from "../../../workers/_runtime/frame.ts";
import { connectRegistry } from "../../../workers/_runtime/registry.ts";
import { registryCalls } from "../../../workers/_runtime/registry-http.ts";

const url = process.env.SCHEMA_REGISTRY_URL ?? "";
const signal = new AbortController().signal;

interface Paid extends Event {
  type: "Paid";
  amount: number;
}

t.test(
  "what each decode failure means",
  { skip: url === "" && "SCHEMA_REGISTRY_URL is not set" },
  async (t) => {
    const namespace = `t${randomUUID().replaceAll("-", "")}`;
    const schemaOf = (...fields: readonly object[]): AvroSchema => ({
      type: "record",
      name: "Paid",
      namespace,
      fields,
    });
    const Paid = record<Paid>(`${namespace}.Paid`, schemaOf({ name: "amount", type: "long" }));
    const payments = topic({ name: `${namespace}-payments`, records: [Paid], key: () => "k" });
    const subjects = connectSubjects(registryCalls({ url, auth: undefined }, 60_000), signal);
    const registered = async (subject: string, schema: AvroSchema) => {
      await subjects.register(subject, schema);
      return (await subjects.find(subject, schema))?.id ?? 0;
    };
    // A real one on a busy machine may take more than a second for the first answer of a kind.
    const codecAt = (url: string, timeoutMs = 60_000) =>
      createCodec({
        registry: connectRegistry({ url, auth: undefined }, { timeoutMs }),
        records: [Paid],
        topics: [payments],
      });
    /** A record's way through frame and codec. */
    const read = async (value: Buffer | null, codec = codecAt(url)) => {
      const frame = readFrame(value);
      if (frame.kind !== "event") return frame;
      if ((await codec.resolveName(frame.schemaId, signal)) !== Paid.fullName) return "not ours";
      return codec.decode(Paid, frame.schemaId, frame.payload);
    };
    const framed = (id: number, ...payload: readonly number[]) => {
      const head = Buffer.alloc(5);
      head.writeInt32BE(id, 1);
      return Buffer.concat([head, Buffer.from(payload)]);
    };

    await t.rejects(codecAt(url).ready(signal), {
      name: "NotRegistered",
      message: /boxoffice schemas register/,
    });
    const id = await registered(`${payments.name}-${Paid.fullName}`, Paid.schema);

    await t.test("an event of our own build is read", async (t) => {
      const codec = codecAt(url);
      await codec.ready(signal);
      const { schemaId, value } = codec.encode(payments, { type: "Paid", amount: 1250 });
      t.equal(schemaId, id);
      t.strictSame(await read(value, codec), { type: "Paid", amount: 1250 });
    });

    await t.test("registry unreachable: Unavailable, nothing is known of the record", async (t) => {
      const error = await read(framed(id, 2), codecAt("http://registry.invalid", 1_000)).catch(
        (error: unknown) => error,
      );
      t.ok(error instanceof Unavailable);
    });

    await t.test("unknown schema id: transient", async (t) => {
      const error = await read(framed(2_000_000_000, 2)).catch((error: unknown) => error);
      t.match(error, { name: "UnknownSchemaId", schemaId: 2_000_000_000 });
      t.notOk(error instanceof Permanent || error instanceof Unavailable);
    });

    await t.test("corrupt or truncated payload: Permanent", async (t) => {
      for (const value of [framed(id), framed(id, 0x80), framed(id, 2, 2)]) {
        const error = await read(value).catch((error: unknown) => error);
        t.match(error, { name: "CorruptPayload" });
        t.ok(error instanceof Permanent);
      }
    });

    await t.test("wrong magic byte: poison", async (t) => {
      t.match(await read(Buffer.from('{"amount":1}')), { kind: "poison" });
    });

    await t.test("a writer schema that the reader can't resolve: Unresolvable, not Permanent", async (t) => {
      const other = await registered(`${namespace}-other`, schemaOf({ name: "sum", type: "long" }));
      const error = await read(framed(other, 2)).catch((error: unknown) => error);
      t.match(error, {
        name: "Unresolvable",
        message: /'Paid\.amount' was not written, and the reader has no default/,
      });
      t.notOk(error instanceof Permanent);
    });

    await t.test("tombstone", async (t) => t.same(await read(null), { kind: "tombstone" }));

    await t.test("another record of the topic: not ours", async (t) => {
      const other = { type: "record", name: "Refunded", namespace, fields: [] };
      t.equal(await read(framed(await registered(`${namespace}-refunded`, other))), "not ours");
    });
  },
);
