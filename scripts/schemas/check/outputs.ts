import { writeFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { UsageError } from "../../../workers/_runtime/mod.ts";
import { FORMATS, type Format } from "../report/render.ts";

/** One form of the result and where it goes. */
export interface Output {
  readonly format: Format;
  /** Undefined: standard output. */
  readonly file: string | undefined;
}

/**
 * Adds `--format`, `--json` (a format as every command has it) and `--output` to the command, repeatable: a file belongs
 * to the format named before it.
 * @returns What was asked for once the command line is parsed; text on standard output by default
 * @throws {UsageError} from the returned function, when two forms would be mixed on standard output
 */
export function outputOptions(command: Command): () => readonly Output[] {
  const outputs: Output[] = [];
  command
    .addOption(
      new Option("--format <format>", `form of the result, repeatable: ${FORMATS.join(", ")}`)
        .argParser((word) => {
          const format = FORMATS.find((each) => each === word);
          if (format === undefined)
            throw new InvalidArgumentError(`Allowed choices are ${FORMATS.join(", ")}.`);
          outputs.push({ format, file: undefined });
          return outputs;
        })
        .default(undefined, "text"),
    )
    .addOption(
      new Option("--output <file>", "file for the format named before it").argParser((file) => {
        const last = outputs.pop();
        if (last?.file !== undefined || last === undefined)
          throw new InvalidArgumentError("Say --format before it, one for each file.");
        outputs.push({ ...last, file });
        return file;
      }),
    )
    .option("--json", "the same as --format json")
    // In the order of the command line, as --format, so that --output may follow.
    .on("option:json", () => outputs.push({ format: "json", file: undefined }));
  return () => {
    const toStdout = outputs.filter(({ file }) => file === undefined);
    if (toStdout.length > 1) {
      throw new UsageError(
        `Cannot print ${toStdout.map(({ format }) => format).join(" and ")} at once: say --output <file> behind all but one --format`,
      );
    }
    return outputs.length === 0 ? [{ format: "text", file: undefined }] : outputs;
  };
}

/** @throws {UsageError} when the file can't be written: a result that nobody gets is no result */
export function deliver({ file }: Output, text: string): void {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(
      `Cannot write '${file}': ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}
