import type { Command } from "commander";
import {
  type Acted,
  type Call,
  type Desk,
  type Filter,
  isEverything,
  type Outcome,
  type Reason,
  type Which,
} from "../../workers/_letters/mod.ts";
import { UsageError } from "../../workers/_runtime/mod.ts";
import { confirm } from "../confirm.ts";
import { reasonFor } from "../desk/ask.ts";
import { deskCommand, type JsonOptions, withJson, withReason } from "../desk/command.ts";
import { FILTER_HELP, withFilter } from "../desk/filter-options.ts";
import { filterOf } from "../desk/filter-values.ts";
import { chosen, type WhichOptions } from "../desk/letters.ts";
import { print } from "../desk/print.ts";
import { type AtDesk, type DeskOptions, withDesk } from "../desk/with-desk.ts";
import { actedText } from "./acted-text.ts";

/** Discard and restore: what they share, and where they differ. */
export interface Deed {
  readonly name: "discard" | "restore";
  readonly description: string;
  /** Of the letters it acts on. */
  readonly outcome: Outcome;
  readonly act: (desk: Desk, which: Which, deed: Reason, call: Call) => Promise<Acted>;
  readonly past: string;
}

interface Options extends DeskOptions, WhichOptions, JsonOptions {
  readonly plan?: string;
  readonly reason?: string;
  readonly yes?: true;
}

export function actCommand(deed: Deed): Command {
  return withJson(
    withReason(
      withFilter(
        deskCommand(deed.name, deed.description).argument("[letters...]", "these, as list names them"),
      )
        .option("--plan <plan>", "the letters of this plan")
        .option("--all", `every ${deed.outcome} letter`),
    ),
  ).action((letters: readonly string[], options: Options) =>
    withDesk(options, (at) => actOn(deed, letters, options, at)),
  );
}

export function actHelp(examples: string): string {
  return `${FILTER_HELP}
What dies after the command began is not in it.

JSON: { done, skipped: [{ why, letters, sample }] }

Examples:${examples}

Exit codes: 0 done; 1 nothing was done: nothing matches or you said no; 2 usage or configuration; 3 Kafka or the
            console can't be reached`;
}

async function actOn(deed: Deed, letters: readonly string[], options: Options, at: AtDesk): Promise<void> {
  const { desk, run } = at;
  const { which, count } = await found(deed, letters, options, at);
  if (count === 0) {
    process.stderr.write(`No ${deed.outcome} letter matches: nothing was done.\n`);
    await print(options, { json: { done: 0, skipped: [] }, text: () => "" });
    process.exitCode = 1;
    return;
  }
  const many = count === 1 ? "1 letter" : `${count} letters`;
  process.stderr.write(
    `${many} of ${options.plan === undefined ? "those asked for" : `plan ${options.plan}`}\n`,
  );
  const reason = await reasonFor(options.reason, `${deed.name} ${many}`);
  if (!(await confirm(`${capital(deed.name)} ${many}?`, options.yes ?? false))) {
    process.stderr.write("Nothing was done.\n");
    process.exitCode = 1;
    return;
  }
  const acted = await run((call) => deed.act(desk, which, { reason }, call));
  await print(options, { json: acted, text: () => actedText(acted, deed.past) });
  if (acted.done === 0) process.exitCode = 1;
}

async function found(
  deed: Deed,
  letters: readonly string[],
  options: Options,
  { desk, run }: AtDesk,
): Promise<{ readonly which: Which; readonly count: number }> {
  const { plan } = options;
  if (plan === undefined) {
    const filter: Filter = {
      ...chosen(letters, options, deed.name, Date.now()),
      outcomes: [deed.outcome],
    };
    const { letters: count } = await run((call) => desk.groups(filter, call));
    return { which: { filter }, count };
  }
  if (letters.length > 0 || options.all || !isEverything(filterOf(options, 0)))
    throw new UsageError(`Cannot use --plan with letters, a filter or --all: say either`);
  return { which: { plan }, count: (await run((call) => desk.planOf(plan, call))).letters };
}

function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}
