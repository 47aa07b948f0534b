import { isDeepStrictEqual } from "node:util";
import { compile } from "../../workers/_runtime/avro/compile.ts";
import { encoder } from "../../workers/_runtime/avro/encode.ts";
import { resolve } from "../../workers/_runtime/avro/resolve.ts";
import { parseSchema } from "../../workers/_runtime/avro/schema.ts";
import { randomFrom } from "./generate/random.ts";
import { randomShape } from "./generate/schemas.ts";
import { schemaOf } from "./generate/shape.ts";
import type { Judge } from "./judge.ts";
import { isAmbiguousInPython, NOT_OURS } from "./not-ours.ts";
import { payloadsOf } from "./pairs.ts";
import type { Found } from "./tally.ts";

/** Data of one random schema. */
export const DATA_EACH = 25;

/**
 * Data of one random schema there and back: our bytes, read by each judge and written again by it, must be our bytes;
 * and what it wrote, read and written again by us, as well.
 */
export async function judgeRoundTrips(
  seed: number,
  { java, python }: { readonly java: Judge; readonly python: Judge },
): Promise<{ found: Found[]; counts: Record<string, number> }> {
  const text = JSON.stringify(schemaOf(randomShape(randomFrom(seed))));
  const node = parseSchema(JSON.parse(text));
  const payloads = payloadsOf(node, randomFrom(seed ^ 0x1234_5678), DATA_EACH);
  const found: Found[] = [];
  const counts: Record<string, number> = { schemas: 1 };
  const count = (name: string) => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  const decode = compile(resolve(node, node));
  const encode = encoder(node);
  const isAmbiguous = isAmbiguousInPython(node);
  for (const judge of [java, python]) {
    const [name = judge.version] = judge.version.split(/ \d/);
    const answers = await judge.decode(text, text, payloads);
    if (typeof answers === "string") {
      count(`schemas refused by ${name}`);
      continue;
    }
    for (const [index, payload] of payloads.entries()) {
      const answer = answers[index];
      const note = (kind: string, detail: string) =>
        found.push({
          ...{ kind: `${name}: ${kind}`, seed, writer: text },
          detail: `${payload.toString("hex")}: ${detail}`,
        });
      if (answer === undefined) note("no answer", "");
      else if ("failed" in answer) {
        const why = NOT_OURS.find(({ says }) => says.test(answer.failed))?.why;
        if (why === undefined) note("can't read what we wrote", answer.failed);
        else count(why);
      } else if (!answer.bytes.equals(payload)) {
        // Another branch of a union, and the very same value in it.
        const same = isDeepStrictEqual(decode(answer.bytes), decode(payload));
        if (same || (judge === python && isAmbiguous)) count(`${name} picks another branch`);
        else note("writes other bytes", answer.bytes.toString("hex"));
      } else if (!encode(decode(answer.bytes), 0).equals(payload)) note("comes back as other bytes", "");
      else count(`there and back through ${name}`);
    }
  }
  return { found, counts };
}
