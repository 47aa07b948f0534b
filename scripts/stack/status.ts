import { Command } from "commander";
import { defaultStateFile } from "./folders.ts";
import { isListening } from "./port.ts";
import { exports, table } from "./show.ts";
import { readState, type State } from "./state.ts";

interface Options {
  readonly json?: true;
  readonly state: string;
}

export const status = new Command("status")
  .summary("say what runs and whether it answers")
  .description("Say what runs. Exit code 1 if nothing does or a part doesn't answer.")
  .option("--json", "as JSON")
  .option("--state <file>", "where it is remembered what runs", defaultStateFile())
  .action(async (options: Options) => {
    const state = await readState(options.state);
    const answers = new Map<string, boolean>();
    for (const { name, port } of state?.services ?? []) answers.set(name, await isListening(port));
    if (state === undefined || [...answers.values()].includes(false)) process.exitCode = 1;
    if (options.json) process.stdout.write(`${JSON.stringify(report(state, answers))}\n`);
    else process.stdout.write(state === undefined ? "no stack runs\n" : `${table(state, answers)}\n`);
  });

function report(state: State | undefined, answers: ReadonlyMap<string, boolean>): unknown {
  if (state === undefined) return { running: false };
  const services = state.services.map((each) => ({ ...each, answers: answers.get(each.name) }));
  return { running: true, ...state, services };
}

export const env = new Command("env")
  .summary("print its addresses for a shell to eval")
  .description("Print `export NAME='value'` lines of the stack that runs. Exit code 1 if none does.")
  .option("--json", "as a JSON object")
  .option("--state <file>", "where it is remembered what runs", defaultStateFile())
  .action(async (options: Options) => {
    const state = await readState(options.state);
    if (state === undefined) {
      process.stderr.write("no stack runs: npx boxoffice stack up --detach\n");
      process.exitCode = 1;
      return;
    }
    process.stdout.write(options.json ? `${JSON.stringify(state.env)}\n` : exports(state.env));
  });
