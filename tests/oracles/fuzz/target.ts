import { compile, type Decode } from "../../../workers/_runtime/avro/compile.ts";
import { CorruptPayload, Unresolvable } from "../../../workers/_runtime/avro/failures.ts";
import { resolve } from "../../../workers/_runtime/avro/resolve.ts";
import { parseSchema } from "../../../workers/_runtime/avro/schema.ts";
import { randomPair } from "../pairs.ts";

/** Compiled once each, so that the fuzzer can go deep into every one of them. */
export const SCHEMAS = 64;
const decoders = new Map<number, Decode | undefined>();

/**
 * The first byte chooses a pair of schemas, the rest is the payload.
 * @throws {Error} whatever the decoder must not throw
 */
export function fuzz(data: Buffer): void {
  try {
    decoderOf((data[0] ?? 0) % SCHEMAS)?.(data, 1);
  } catch (error) {
    if (!(error instanceof CorruptPayload || error instanceof Unresolvable)) throw error;
  }
}

function decoderOf(seed: number): Decode | undefined {
  if (decoders.has(seed)) return decoders.get(seed);
  const { writer, reader } = randomPair(seed);
  const plan = resolve(parseSchema(JSON.parse(writer)), parseSchema(JSON.parse(reader)));
  let decode: Decode | undefined;
  try {
    decode = compile(plan);
  } catch (error) {
    if (!(error instanceof Unresolvable)) throw error;
  }
  decoders.set(seed, decode);
  return decode;
}
