import { isDeepStrictEqual } from "node:util";
import { compile } from "../../workers/_runtime/avro/compile.ts";
import { CorruptPayload } from "../../workers/_runtime/avro/failures.ts";
import { resolve } from "../../workers/_runtime/avro/resolve.ts";
import { parseSchema } from "../../workers/_runtime/avro/schema.ts";
import { hostileFrom } from "./generate/hostile.ts";
import { randomFrom } from "./generate/random.ts";
import { randomShape } from "./generate/schemas.ts";
import { schemaOf } from "./generate/shape.ts";
import type { Judge } from "./judge.ts";
import { isAmbiguousInPython, NOT_OURS } from "./not-ours.ts";
import { payloadsOf } from "./pairs.ts";
import type { Found } from "./tally.ts";

const PAYLOADS_EACH = 40;
/** What a judge reads a payload of nearly nothing into could fill its memory. */
const MOST_BYTES = 4_000;

/** Whatever we read of hostile bytes, a judge reads as the same value; what only the judge reads is counted. */
export async function judgeHostileAlike(
  seed: number,
  judge: Judge,
): Promise<{ found: Found[]; counts: Record<string, number> }> {
  const random = randomFrom(seed);
  const text = JSON.stringify(schemaOf(randomShape(random)));
  const node = parseSchema(JSON.parse(text));
  const valid = payloadsOf(node, random, 5);
  const payloads = Array.from({ length: PAYLOADS_EACH }, () => hostileFrom(valid, random)).filter(
    ({ length }) => length <= MOST_BYTES,
  );
  const decode = compile(resolve(node, node));
  const ours = payloads.map((payload) => {
    try {
      return decode(payload);
    } catch (error) {
      if (error instanceof CorruptPayload) return error;
      throw error;
    }
  });
  const isRead = (value: unknown) => !(value instanceof CorruptPayload);
  const read = payloads.filter((_, index) => isRead(ours[index]));
  const answers = await judge.decode(text, text, read);
  const found: Found[] = [];
  const counts: Record<string, number> = { "hostile payloads": payloads.length };
  if (typeof answers === "string") return { found, counts };
  const own = ours.filter(isRead);
  for (const [index, payload] of read.entries()) {
    const [answer, mine] = [answers[index], own[index]];
    // As values: which of the many NaNs it is, JavaScript doesn't keep.
    const alike = answer !== undefined && "bytes" in answer && isDeepStrictEqual(decode(answer.bytes), mine);
    const kind = alike
      ? "read alike"
      : answer && "failed" in answer
        ? "read by us alone"
        : "read differently";
    const theirs = answer && "bytes" in answer ? answer.bytes.toString("hex") : answer?.failed;
    const isTheirChoice = isFastavro(judge) && isAmbiguousInPython(node) && kind === "read differently";
    if (isTheirChoice) continue;
    const why = alike ? kind : NOT_OURS.find(({ says }) => says.test(theirs ?? ""))?.why;
    if (why !== undefined) counts[why] = (counts[why] ?? 0) + 1;
    else {
      found.push({ kind, seed, writer: text, detail: `${payload.toString("hex")}: ${theirs}` });
    }
  }
  return { found, counts };
}

const isFastavro = (judge: Judge) => judge.version.startsWith("fastavro");
