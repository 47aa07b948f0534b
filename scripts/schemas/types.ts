import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { exitCodes, UsageError } from "../../workers/_runtime/mod.ts";
import { projectFolder } from "../stack/folders.ts";
import { formatted } from "./format.ts";
import { generateTypes } from "./generate.ts";

export const types = new Command("types")
  .description(
    "Writes schemas/types.ts from schemas/*.avsc: an event's TypeScript type and its record, each.",
  )
  .option("--check", "change nothing; exit 1 when it is not up to date")
  .addHelpText(
    "after",
    "\nExit codes: 0 up to date, or written; 1 --check found it out of date; 2 a schema is no record",
  )
  .action(async ({ check = false }: { check?: boolean }) => {
    const directory = join(projectFolder(), "schemas");
    if (!existsSync(directory)) {
      throw new UsageError(
        "Cannot write types as there is no folder 'schemas': run it in a checkout of the project",
      );
    }
    const file = join(directory, "types.ts");
    const wanted = await typesSource(directory);
    const upToDate = existsSync(file) && readFileSync(file, "utf8") === wanted;
    if (!upToDate && !check) writeFileSync(file, wanted);
    if (!upToDate && check) process.exitCode = exitCodes.no;
    const outcome = check
      ? "is not what schemas/*.avsc say: run 'npx boxoffice schemas types'"
      : "is written from schemas/*.avsc";
    process.stderr.write(`schemas/types.ts ${upToDate ? "is up to date" : outcome}\n`);
  });

/** What `types.ts` beside the `*.avsc` of `directory` must hold. */
export async function typesSource(directory: string): Promise<string> {
  return await formatted(generateTypes(directory), "schemas/types.ts");
}
