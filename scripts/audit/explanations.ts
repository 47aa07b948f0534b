import { parse } from "yaml";
import * as z from "zod";
import { UsageError } from "../../workers/_runtime/errors.ts";

const Explanation = z.strictObject({
  advisory: z.string().min(1),
  package: z.string().min(1),
  /** Whether the package is part of the executable; what is true of a test tool is no excuse there. */
  shipped: z.boolean(),
  why: z.string().min(20),
  /** From this day on it is to be thought about again. */
  expires: z.iso.date(),
});

/** Why a finding stays. */
export type Explanation = z.infer<typeof Explanation>;

/** @throws {UsageError} when the text is not a list of explanations */
export function parseExplanations(text: string, file: string): readonly Explanation[] {
  const read = z.array(Explanation).safeParse(yamlOf(text, file));
  if (read.success) return read.data;
  throw new UsageError(
    `Cannot read ${file} as it must be a list of {advisory, package, shipped, why, expires}: ${z.prettifyError(read.error)}`,
  );
}

function yamlOf(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new UsageError(`Cannot read ${file} as it is no YAML: ${String(error)}`);
  }
}
