import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { UsageError } from "../../workers/_runtime/mod.ts";
import { readShipped, shippedName } from "../../workers/_runtime/shipped.ts";
import { parseStep, type Step, stepLine } from "./step.ts";

const LINES_A_WRITE = 500;

/** Writes the steps to `path`, one line each, replacing what was there; returns how many. */
export async function writeSteps(path: string, steps: Iterable<Step>): Promise<number> {
  const file = await open(path, "w");
  try {
    let lines: string[] = [];
    let count = 0;
    for (const step of steps) {
      lines.push(`${stepLine(step)}\n`);
      count += 1;
      if (lines.length === LINES_A_WRITE) {
        await file.write(lines.join(""));
        lines = [];
      }
    }
    await file.write(lines.join(""));
    return count;
  } finally {
    await file.close();
  }
}

/**
 * The steps of the file at `path`, read as they are asked for.
 * @throws {UsageError} when a line is no step, or earlier than the one before it
 */
export async function* readSteps(path: string): AsyncGenerator<Step> {
  let number = 0;
  let before = 0;
  for await (const line of linesOf(path)) {
    number += 1;
    const step = parseStep(line, `line ${number} of '${path}'`);
    if (step.at < before)
      throw new UsageError(
        `Cannot replay '${path}' as its steps must be in the order of their times: line ${number} is at ${step.at}, after ${before}`,
      );
    before = step.at;
    yield step;
  }
}

/** @throws {UsageError} when the file can't be read */
export async function* linesOf(path: string): AsyncGenerator<string> {
  const name = shippedName(path);
  const input =
    name === undefined ? createReadStream(path, "utf8") : Readable.from([readShipped(name).toString()]);
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line !== "") yield line;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`Cannot read '${path}': ${code}`);
  } finally {
    input.destroy();
  }
}
