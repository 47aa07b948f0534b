import { isDeepStrictEqual } from "node:util";
import { compile, type Decode } from "../../workers/_runtime/avro/compile.ts";
import { encoder } from "../../workers/_runtime/avro/encode.ts";
import type { Node } from "../../workers/_runtime/avro/node.ts";
import { mismatches } from "../../workers/_runtime/avro/plan.ts";
import { resolve } from "../../workers/_runtime/avro/resolve.ts";
import { parseSchema } from "../../workers/_runtime/avro/schema.ts";
import { aliasIsNamesake, explained } from "./explain.ts";
import { Endless, randomValue } from "./generate/data.ts";
import { mutated } from "./generate/mutate.ts";
import { type Random, randomFrom } from "./generate/random.ts";
import { randomShape } from "./generate/schemas.ts";
import { schemaOf } from "./generate/shape.ts";
import type { Decoded, Judge } from "./judge.ts";
import type { Found } from "./tally.ts";

/** A schema that something was written with, and one to read it with. */
export interface Pair {
  readonly seed: number;
  readonly writer: string;
  readonly reader: string;
}

const VALUES = 3;

export function randomPair(seed: number): Pair {
  const random = randomFrom(seed);
  const base = randomShape(random);
  const other = mutated(base, random, random.below(5));
  const texts = [base, other].map((shape) => JSON.stringify(schemaOf(shape)));
  const [writer = "", reader = ""] = random.chance(0.5) ? texts : texts.reverse();
  return { seed, writer, reader };
}

/** Ours on one pair. */
interface Ours {
  readonly writer: Node;
  readonly reader: Node;
  /** What no datum or some data can't be read for, as texts. */
  readonly reasons: readonly string[];
  /** A text: it doesn't compile. */
  readonly decode: Decode | string;
}

/**
 * One pair judged by Java: whether it is compatible, and what comes of data. `verdict` is whatever else claims to
 * know the specification: texts, none when compatible.
 */
export async function judgePair(
  pair: Pair,
  java: Judge,
  verdict?: (reader: string, writer: string) => readonly string[],
): Promise<{ found: Found[]; counts: Record<string, number> }> {
  const found: Found[] = [];
  const note = (kind: string, detail: string) => found.push({ kind, detail, ...pair });
  const theirs = await java.compatible(pair.reader, pair.writer);
  if ("refused" in theirs) return { found, counts: { pairs: 1, "refused by Java": 1 } };
  const compatible = theirs.length === 0;
  const counts: Record<string, number> = { pairs: 1, [compatible ? "compatible" : "incompatible"]: 1 };
  const said = verdict?.(pair.reader, pair.writer);
  if (said !== undefined && (said.length === 0) !== compatible) {
    note(compatible ? "verdict too strict" : "verdict too lenient", [...said, ...theirs].join("; "));
  }
  let ours: Ours;
  try {
    ours = oursOn(pair);
  } catch (error) {
    note("not parsed", String(error));
    return { found, counts };
  }
  if (compatible !== (ours.reasons.length === 0)) {
    if (aliasIsNamesake(ours.reader)) counts["Java's check maps a field to its namesake and to an alias"] = 1;
    else note(compatible ? "too strict" : "too lenient", [...ours.reasons, ...theirs].join("; "));
  } else if (compatible && typeof ours.decode === "string") note("doesn't compile", ours.decode);
  const payloads = payloadsOf(ours.writer, randomFrom(pair.seed ^ 0x5bd1e995));
  const answers = await java.decode(pair.writer, pair.reader, payloads);
  if (typeof answers === "string") return { found, counts };
  for (const [index, payload] of payloads.entries()) {
    const [kind, detail] = difference(ours, payload, answers[index]);
    counts[kind] = (counts[kind] ?? 0) + 1;
    const why = detail === "" ? undefined : explained({ kind, detail, compatible, ...ours });
    if (why !== undefined) counts[why] = (counts[why] ?? 0) + 1;
    else if (detail !== "") note(kind, `${payload.toString("hex")}: ${detail}`);
  }
  return { found, counts };
}

function oursOn(pair: Pair): Ours {
  const writer = parseSchema(JSON.parse(pair.writer));
  const reader = parseSchema(JSON.parse(pair.reader));
  const plan = resolve(writer, reader);
  const reasons = mismatches(plan).map(({ path, reason }) => `'${path}' ${reason}`);
  return { writer, reader, reasons, decode: attempt(() => compile(plan)) };
}

function attempt<T>(make: () => T): T | string {
  try {
    return make();
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

export function payloadsOf(writer: Node, random: Random, most = VALUES): Buffer[] {
  const encode = encoder(writer);
  const payloads: Buffer[] = [];
  for (let left = most; left > 0; left--) {
    try {
      payloads.push(encode(randomValue(writer, random), 0));
    } catch (error) {
      if (!(error instanceof Endless)) throw error;
    }
  }
  return payloads;
}

/** What became of one datum, and in words how the two differ, if they do. */
function difference(ours: Ours, payload: Buffer, theirs: Decoded | undefined): [string, string] {
  const { decode } = ours;
  const own = typeof decode === "string" ? decode : attempt(() => ({ value: decode(payload) }));
  if (theirs === undefined) return ["no answer", "Java gave no answer"];
  if ("failed" in theirs) {
    return typeof own === "string" ? ["read by neither", ""] : ["read by us alone", theirs.failed];
  }
  if (typeof own === "string") return ["read by Java alone", own];
  const expected = attempt(() => ({ value: compile(resolve(ours.reader, ours.reader))(theirs.bytes) }));
  if (isDeepStrictEqual(own, expected)) return ["read alike", ""];
  return ["read differently", `${show(own)} instead of ${show(expected)}`];
}

const show = (value: unknown) =>
  JSON.stringify(value, (_, each) =>
    typeof each === "number" && !Number.isFinite(each) ? String(each) : each,
  );
