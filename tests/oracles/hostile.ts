import v8 from "node:v8";
import { compile, type Decode } from "../../workers/_runtime/avro/compile.ts";
import { CorruptPayload, Unresolvable } from "../../workers/_runtime/avro/failures.ts";
import type { Node } from "../../workers/_runtime/avro/node.ts";
import { resolve } from "../../workers/_runtime/avro/resolve.ts";
import { parseSchema } from "../../workers/_runtime/avro/schema.ts";
import { hostileFrom } from "./generate/hostile.ts";
import { type Random, randomFrom } from "./generate/random.ts";
import { payloadsOf, randomPair } from "./pairs.ts";
import type { Found } from "./tally.ts";

/** Payloads of one random pair of schemas. */
export const PAYLOADS_EACH = 500;
/** Measured together; only a group that is suspicious is measured one by one. */
const GROUP = 50;

/** The promises: of one decode, whatever the bytes. */
export const MOST_CPU_MS = 50;
export const MOST_MEMORY_BYTES = 64 * 1024 * 1024;

/**
 * Hostile payloads of one random pair of schemas: each is read or refused by one of the documented classes, within
 * CPU time and memory (allocated, garbage included).
 */
export function judgeHostile(
  seed: number,
  most = PAYLOADS_EACH,
): { found: Found[]; counts: Record<string, number> } {
  const random = randomFrom(seed);
  const pair = randomPair(seed);
  const counts: Record<string, number> = { schemas: 1 };
  const writer = parseSchema(JSON.parse(pair.writer));
  const decode = decoderOf(writer, pair.reader);
  if (decode === undefined) return { found: [], counts: { ...counts, "schemas not resolvable at all": 1 } };
  const found: Found[] = [];
  const payloads = hostilePayloads(writer, random, most);
  for (let from = 0; from < payloads.length; from += GROUP) {
    const group = payloads.slice(from, from + GROUP);
    const spent = cost(() => {
      for (const payload of group) {
        const outcome = attempt(decode, payload);
        counts[outcome] = (counts[outcome] ?? 0) + 1;
        if (outcome.startsWith("!")) found.push(foundIn(outcome.slice(2), payload, pair));
      }
    });
    if (spent.cpuMs > MOST_CPU_MS || spent.bytes > MOST_MEMORY_BYTES) {
      for (const payload of group) found.push(...tooCostly(decode, payload, pair));
    }
  }
  return { found, counts };
}

type Pair = ReturnType<typeof randomPair>;

function decoderOf(writer: Node, reader: string): Decode | undefined {
  try {
    return compile(resolve(writer, parseSchema(JSON.parse(reader))));
  } catch (error) {
    if (error instanceof Unresolvable) return undefined;
    throw error;
  }
}

function hostilePayloads(writer: Node, random: Random, most: number): readonly Buffer[] {
  const valid = payloadsOf(writer, random, 10);
  return Array.from({ length: most }, () => hostileFrom(valid, random));
}

/** What became of it; what may not be begins with "!". */
function attempt(decode: Decode, payload: Buffer): string {
  try {
    decode(payload);
    return "read";
  } catch (error) {
    if (error instanceof CorruptPayload) return "refused: CorruptPayload";
    if (error instanceof Unresolvable) return "refused: Unresolvable";
    return `! ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
  }
}

/**
 * The least of ten: a collection of garbage that others left isn't this payload's, nor what a machine that is shared
 * makes of a CPU's time.
 */
function tooCostly(decode: Decode, payload: Buffer, pair: Pair): Found[] {
  const spent = Array.from({ length: 10 }, () => cost(() => attempt(decode, payload)));
  const cpuMs = Math.min(...spent.map((each) => each.cpuMs));
  const bytes = Math.min(...spent.map((each) => each.bytes));
  if (cpuMs > MOST_CPU_MS) return [foundIn(`takes ${cpuMs.toFixed(0)} ms`, payload, pair)];
  if (bytes > MOST_MEMORY_BYTES) return [foundIn(`takes ${bytes} bytes of memory`, payload, pair)];
  return [];
}

function foundIn(kind: string, payload: Buffer, { seed, writer, reader }: Pair): Found {
  const detail = payload.length > 2_000 ? `${payload.toString("hex", 0, 2_000)}…` : payload.toString("hex");
  return { kind, seed, writer, reader, detail };
}

function cost(work: () => void): { readonly cpuMs: number; readonly bytes: number } {
  const bytes = allocated();
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return { cpuMs: (user + system) / 1000, bytes: allocated() - bytes };
}

/** What V8 ever allocated, and what lies outside its heap now. */
function allocated(): number {
  const { total_allocated_bytes, external_memory }: Partial<Record<string, number>> = {
    ...v8.getHeapStatistics(),
  };
  return (total_allocated_bytes ?? 0) + (external_memory ?? 0);
}
