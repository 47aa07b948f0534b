/**
 * Compiles pieces of the program for the very Node and options that run this: `node […] compile.ts FOLDER NAME…` writes
 * `NAME.code` beside each `NAME`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { wrapped } from "../executable/pieces.ts";

const [folder = ".", ...names] = process.argv.slice(2);
for (const name of names) {
  const file = join(folder, name);
  const script = new Script(wrapped(readFileSync(file, "latin1")), { filename: `boxoffice/${name}` });
  writeFileSync(`${file}.code`, script.createCachedData());
}
