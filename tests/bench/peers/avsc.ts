import avsc from "avsc";
import { readerSchema, receiptSchema, type Sale } from "../sale.ts";

/** Sales from framed bytes; a promise only for a schema id that was not seen yet. */
export async function saleDecoder(registry: string): Promise<(value: Buffer) => Sale | Promise<Sale>> {
  const reader = avsc.Type.forSchema(asAvsc(readerSchema));
  const resolvers = new Map<number, avsc.Resolver>();
  const resolve = async (id: number) => {
    const response = await fetch(`${registry}/schemas/ids/${id}`);
    // The registry's answer for an Avro schema.
    const { schema } = (await response.json()) as { schema: string };
    const resolver = reader.createResolver(avsc.Type.forSchema(JSON.parse(schema)));
    resolvers.set(id, resolver);
    return resolver;
  };
  const read = (value: Buffer, resolver: avsc.Resolver): Sale =>
    reader.fromBuffer(value.subarray(5), resolver);
  return (value) => {
    if (value[0] !== 0) throw new Error("Cannot decode what is not framed");
    const id = value.readInt32BE(1);
    const resolver = resolvers.get(id);
    return resolver ? read(value, resolver) : resolve(id).then((made) => read(value, made));
  };
}

/** Framed receipts under schema `id`. */
export function receiptEncoder(id: number): (receipt: object) => Buffer {
  const type = avsc.Type.forSchema(asAvsc(receiptSchema));
  const head = Buffer.alloc(5);
  head.writeInt32BE(id, 1);
  return (receipt) => Buffer.concat([head, type.toBuffer(receipt)]);
}

/** avsc's own type for a schema that is plain JSON; a copy, since avsc keeps what it is given. */
function asAvsc(schema: object): avsc.Schema {
  return structuredClone(schema) as avsc.Schema;
}
