import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { stringify } from "yaml";
import { topics } from "../../schemas/topics.ts";
import { exitCodes, UsageError } from "../../workers/_runtime/mod.ts";
import { loadDeclarations } from "../k8s/declarations.ts";
import { jsonOf } from "../table.ts";
import { asyncapiDocument } from "./asyncapi/document.ts";

export const DOCUMENT = "docs/asyncapi.json";

interface Options {
  readonly output: string;
  readonly check?: true;
}

export const asyncapi = new Command("asyncapi")
  .description(
    "Writes the AsyncAPI 3 document of the whole fleet: channels, messages and each worker's operations, from the " +
      "declarations and schemas, with the topics' settings of a cluster.",
  )
  .option("--output <file>", "write there, as YAML if it ends in .yaml or .yml; - for stdout", DOCUMENT)
  .option("--check", "change nothing; exit 1 when the file is not up to date")
  .addHelpText(
    "after",
    "\nExamples:\n  $ npx boxoffice schemas asyncapi\n  $ npx boxoffice schemas asyncapi --output fleet.yaml\n\nExit codes: 0 up to date, or written; 1 --check found it out of date; 2 it can't be written",
  )
  .action(async ({ output, check }: Options) => {
    const text = await asyncapiText(/\.ya?ml$/.test(output));
    if (output === "-") {
      process.stdout.write(text);
      return;
    }
    const upToDate = existsSync(output) && readFileSync(output, "utf8") === text;
    if (check && !upToDate) process.exitCode = exitCodes.no;
    if (!check && !upToDate) write(output, text);
    const outcome = check
      ? "is not what the declarations say: run 'npx boxoffice schemas asyncapi'"
      : "is written";
    process.stderr.write(`${output} ${upToDate ? "is up to date" : outcome}\n`);
  });

/** What the document must be now; the same on every machine. */
export async function asyncapiText(asYaml = false): Promise<string> {
  const document = asyncapiDocument(await loadDeclarations(), topics);
  return asYaml ? stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 }) : jsonOf(document);
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot write the document to '${file}': ${why}`, { cause: error });
  }
}
