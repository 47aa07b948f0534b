import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import * as z from "zod";
import type { ExportedLetter } from "../../workers/_letters/desk.ts";
import { UsageError } from "../../workers/_runtime/mod.ts";

/** More would not fit into memory, where all of it is checked before anything is written. */
const MOST_CHARACTERS = 1024 * 1024 * 1024;
/** Bad lines named one by one. */
const NAMED = 20;

const bytes = z.base64({ error: "is not base64" }).nullable();
const count = z.int().nonnegative();
const Exported = z.strictObject({
  boxoffice: z.literal(1, { error: "must be 1: exported by another version?" }),
  cluster: z.string().min(1).max(200),
  topic: z.string().min(1).max(249),
  partition: count,
  offset: count,
  timestamp: z.int(),
  key: bytes,
  value: bytes,
  headers: z.array(z.tuple([z.string(), bytes])),
});

/**
 * What `export` wrote, all of it.
 * @throws {UsageError} naming each line that is no exported letter, when there is one; or a file that can't be read
 */
export async function readExport(file: string | undefined): Promise<readonly ExportedLetter[]> {
  const input = file === undefined || file === "-" ? process.stdin : createReadStream(file);
  if (input === process.stdin && process.stdin.isTTY)
    throw new UsageError("Cannot import from a terminal: name the file that export wrote, or pipe it in");
  const broken = new Promise<never>((_, reject) =>
    input.once("error", (error) =>
      reject(new UsageError(`Cannot read '${file ?? "stdin"}': ${error.message}`, { cause: error })),
    ),
  );
  return await Promise.race([readAll(input, file ?? "stdin"), broken]);
}

async function readAll(input: NodeJS.ReadableStream, name: string): Promise<readonly ExportedLetter[]> {
  const letters: ExportedLetter[] = [];
  const bad: string[] = [];
  let number = 0;
  let size = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    size += line.length;
    if (size > MOST_CHARACTERS)
      throw new UsageError(`Cannot import '${name}' as it is over 1 GiB: split it by lines`);
    if (line.trim() === "") continue;
    const read = parseLine(line);
    if (typeof read === "string") bad.push(`line ${number}: ${read}`);
    else letters.push(read);
  }
  if (bad.length === 0) return letters;
  const more = bad.length > NAMED ? `\n… ${bad.length - NAMED} more` : "";
  throw new UsageError(
    `Cannot import '${name}' as ${bad.length} of its lines are no exported letters; nothing was written:\n${bad.slice(0, NAMED).join("\n")}${more}`,
  );
}

/** The letter in a line, or what is wrong with it. */
export function parseLine(line: string): ExportedLetter | string {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return "is not JSON";
  }
  const read = Exported.safeParse(json);
  if (read.success) return read.data;
  return read.error.issues
    .slice(0, 3)
    .map(({ path, message }) => (path.length === 0 ? message : `'${path.join(".")}' ${message}`))
    .join("; ");
}
