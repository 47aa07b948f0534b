/**
 * `npm run build [-- --target linux-arm64] [-- --out FOLDER]`: the executable, the list of its parts (SBOM) and their
 * licences, into `dist/`.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { failure } from "../failure.ts";
import { buildAll } from "./build-all.ts";
import { targetNamed } from "./target.ts";

const root = resolve(import.meta.dirname, "../..");
const scratch = mkdtempSync(join(tmpdir(), "boxoffice-build-"));
try {
  const { values } = parseArgs({
    options: {
      target: { type: "string", default: `${process.platform}-${process.arch}` },
      out: { type: "string", default: join(root, "dist") },
    },
  });
  const out = resolve(values.out);
  mkdirSync(out, { recursive: true });
  const built = await buildAll({ root, scratch, out, target: targetNamed(values.target), env: process.env });
  for (const note of built.notes) process.stderr.write(`${note}\n`);
  const megabytes = (statSync(built.executable).size / 1e6).toFixed(1);
  process.stdout.write(`${built.executable}: ${megabytes} MB\n${built.sbom}\n${built.licenses}\n`);
} catch (error) {
  const { code, message } = failure(error);
  process.stderr.write(`${message.replace(/^boxoffice: /, "build: ")}\n`);
  process.exitCode = code;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
