import { spawn } from "node:child_process";
import { once } from "node:events";
import { Command } from "commander";
import { UsageError } from "../../workers/_runtime/errors.ts";
import { defaultStateFile } from "./folders.ts";
import { readState } from "./state.ts";

interface Options {
  readonly follow?: true;
  readonly lines: string;
  readonly state: string;
  readonly json?: true;
}

export const logs = new Command("logs")
  .summary("show what its parts print")
  .description("Show the last lines of the logs of all parts, or of one.")
  .argument("[service]", "kafka, registry, redis or smtp")
  .option("-f, --follow", "go on as they print")
  .option("-n, --lines <count>", "how many of each", "40")
  .option("--json", "just where the files are, as JSON")
  .option("--state <file>", "where it is remembered what runs", defaultStateFile())
  .action(async (service: string | undefined, options: Options) => {
    const state = await readState(options.state);
    if (state === undefined)
      throw new UsageError("Cannot show logs: no stack runs (npx boxoffice stack up --detach)");
    const found = state.services.filter(
      ({ name }) => service === undefined || name === service || name.startsWith(`${service}-`),
    );
    if (found.length === 0) {
      const names = state.services.map(({ name }) => name).join(", ");
      throw new UsageError(`Cannot show logs of '${service}': what runs is ${names}`);
    }
    if (options.json) {
      const files = Object.fromEntries(found.map(({ name, logFile }) => [name, logFile]));
      process.stdout.write(`${JSON.stringify(files)}\n`);
      return;
    }
    const words = [
      ...(options.follow ? ["-F"] : []),
      "-n",
      options.lines,
      ...found.map(({ logFile }) => logFile),
    ];
    const tail = spawn("tail", words, { stdio: "inherit" });
    await once(tail, "exit");
  });
