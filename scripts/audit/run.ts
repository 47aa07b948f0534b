/**
 * `npm run audit`: known vulnerabilities of what is installed, less those that `docs/advisories.yaml` explains. Exit
 * codes: 0 none; 1 one that nobody explained, or an explanation that nothing needs; 3 the registry gives no answer.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Unavailable } from "../../workers/_runtime/errors.ts";
import { exitCodes } from "../../workers/_runtime/exit-codes.ts";
import { failure } from "../failure.ts";
import { parseExplanations } from "./explanations.ts";
import { type Finding, findingsIn } from "./findings.ts";
import { complaints } from "./judge.ts";

const root = resolve(import.meta.dirname, "../..");
const FILE = "docs/advisories.yaml";

/** @throws {Unavailable} when the registry doesn't tell: no finding is not the same as no answer */
function audit(...options: readonly string[]): readonly Finding[] {
  const words = ["audit", "--json", ...options];
  const { stdout, stderr, error } = spawnSync("npm", words, { cwd: root, encoding: "utf8" });
  const found = error === undefined ? findingsIn(stdout) : undefined;
  if (found !== undefined) return found;
  const said = error?.message ?? /"message": "(.+)"/.exec(stdout)?.[1] ?? stderr.trim();
  throw new Unavailable("registry", `Cannot audit as the registry gave no report to npm: ${said}`);
}

try {
  const explanations = parseExplanations(readFileSync(join(root, FILE), "utf8"), FILE);
  const audited = { all: audit(), shipped: audit("--omit=dev") };
  const wrong = complaints(audited, explanations, new Date().toISOString().slice(0, 10));
  for (const sentence of wrong) process.stdout.write(`${sentence}\n`);
  process.stdout.write(
    `${audited.all.length} findings, ${audited.shipped.length} of them shipped, ${explanations.length} explained in ${FILE}\n`,
  );
  if (wrong.length > 0) process.exitCode = exitCodes.no;
} catch (error) {
  const { code, message } = failure(error);
  process.stderr.write(`${message.replace(/^boxoffice: /, "audit: ")}\n`);
  process.exitCode = code;
}
