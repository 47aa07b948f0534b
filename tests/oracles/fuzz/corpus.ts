import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** One input a line, in hex; the first byte chooses the schema. */
export const CORPUS = join(resolve(import.meta.dirname, "../../.."), "tests/fixtures/avro-corpus.hex");

export function readCorpus(file = CORPUS): Buffer[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => Buffer.from(line, "hex"));
}
