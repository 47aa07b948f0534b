import { Readable } from "node:stream";
import type { z } from "zod";
import { Problem } from "../problem.ts";

/** Longest line of an import, bytes: Kafka's largest records in base64, with their headers. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Rows as they come, a line each; the reader's pace is the writer's. */
export function linesOf(rows: AsyncIterable<unknown>): Readable {
  async function* lines() {
    for await (const row of rows) yield `${JSON.stringify(row)}\n`;
  }
  return Readable.from(lines(), { objectMode: false, highWaterMark: 256 * 1024 });
}

/**
 * The rows of an NDJSON body, each checked.
 * @throws {Problem} `invalid-request` naming the line
 */
export async function* rowsOf<T>(body: AsyncIterable<Buffer>, schema: z.ZodType<T>): AsyncGenerator<T> {
  let number = 0;
  for await (const line of splitLines(body)) {
    number += 1;
    if (line.trim() === "") continue;
    yield rowOf(line, number, schema);
  }
}

function rowOf<T>(line: string, number: number, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Problem("invalid-request", `Cannot read line ${number} as it is not JSON`);
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Problem(
    "invalid-request",
    `Cannot take line ${number} as no exported letter: ${issue?.path.join(".")}: ${issue?.message}`,
  );
}

async function* splitLines(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let held = 0;
  for await (const chunk of body) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, end)]).toString();
      parts = [];
      held = 0;
      from = end + 1;
    }
    parts.push(chunk.subarray(from));
    held += chunk.length - from;
    if (held > MAX_LINE_BYTES)
      throw new Problem("too-large", `Cannot take a line as it is longer than ${MAX_LINE_BYTES} bytes`);
  }
  if (held > 0) yield Buffer.concat(parts).toString();
}
