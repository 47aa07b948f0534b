import type { Decoded, EditResult, LetterDetail } from "../../workers/_letters/mod.ts";
import { Unavailable, UsageError } from "../../workers/_runtime/mod.ts";
import { confirm } from "../confirm.ts";
import { reasonFor } from "../desk/ask.ts";
import { deskCommand, type JsonOptions, withJson, withReason } from "../desk/command.ts";
import { print } from "../desk/print.ts";
import { type AtDesk, type DeskOptions, withDesk } from "../desk/with-desk.ts";
import { changesText } from "./changes-text.ts";
import { editInEditor } from "./editor.ts";
import { type EventJson, eventFromFile } from "./event-json.ts";

interface Options extends DeskOptions, JsonOptions {
  readonly file?: string;
  readonly personal?: true;
  readonly dryRun?: true;
  readonly reason?: string;
  readonly yes?: true;
}

export const edit = withJson(
  withReason(
    deskCommand(
      "edit",
      "A new value for one open letter: its decoded JSON in $VISUAL or $EDITOR, or from a file. It is encoded again and " +
        "checked against the worker's reader schema; the original stays. A replay then sends the new value.",
    )
      .argument("<letter>", "as list names it")
      .option("--file <file>", "the new event as JSON; - for stdin")
      .option("--personal", "personal fields in clear (recorded); else they stay masked, and as they are")
      .option("--dry-run", "only say what would change"),
  ),
)
  .addHelpText(
    "after",
    `
The JSON is what show calls decoded.event: "type" names the record. { "raw": "<base64>" } is a whole value instead.
Nothing is written when the editor fails, or nothing changed.

JSON: { letter, written, schemaId, before, after, changes: [{ path, before, after }] }

Examples:
  $ npx boxoffice dlq edit reservations.payment.dlq-3-1412 --reason 'currency was missing, INC-12'
  $ npx boxoffice dlq show LETTER --json | jq '.decoded.event | .currency = "EUR"' |
      npx boxoffice dlq edit LETTER --file - --reason INC-12 --yes

Exit codes: 0 written (--dry-run: it could be); 1 nothing was written: nothing changed, the letter is not open, you
            said no; 2 usage, configuration or a value that doesn't fit the schema; 3 Kafka, the schema registry or
            the console can't be reached`,
  )
  .action((letter: string, options: Options) => withDesk(options, (at) => editLetter(letter, options, at)));

async function editLetter(letter: string, options: Options, at: AtDesk): Promise<void> {
  const { desk, run } = at;
  const event =
    options.file === undefined ? await fromEditor(letter, options, at) : await eventFromFile(options.file);
  if (event === undefined) return nothing("Nothing changed: nothing was written.");
  // What was asked at a terminal is asked after the comparison, so that a mistake shows first.
  const tried = await run((call) =>
    desk.edit(letter, { event, dryRun: true, reason: options.reason ?? "a comparison" }, call),
  );
  if (tried.changes.length === 0) return nothing("Nothing changed: nothing was written.");
  if (!options.json || !options.dryRun) process.stderr.write(changesText(tried));
  if (options.dryRun) return await result(options, tried);
  const reason = await reasonFor(options.reason, "edit a letter");
  if (!(await confirm(`Write this for ${letter}?`, options.yes ?? false)))
    return nothing("Nothing was written.");
  await result(options, await run((call) => desk.edit(letter, { event, reason }, call)));
}

/** What came out of the editor; undefined when it is what went in. */
async function fromEditor(
  letter: string,
  { personal }: Options,
  { desk, run, call }: AtDesk,
): Promise<EventJson | undefined> {
  const look = { newer: false, ...(personal && { personal }) };
  const detail = await run((each) => desk.show(letter, look, each));
  return await editInEditor(startOf(letter, detail), letter, call.signal);
}

/**
 * What is edited: what an earlier edit left, else the letter; raw bytes when they can't be decoded.
 * @throws {UsageError} when they can't be seen either: an empty editor would pass for an empty letter
 */
function startOf(letter: string, { edit, decoded, raw }: LetterDetail): EventJson {
  const now: Decoded = edit?.decoded ?? decoded;
  if (now.ok) return now.event;
  if (now.error === Unavailable.name) throw new Unavailable("registry", now.reason);
  if (raw === undefined)
    throw new UsageError(
      `Cannot open '${letter}' in an editor as it can't be decoded (${now.reason}): edit its raw bytes with --personal, or give the new event with --file`,
    );
  return { raw: raw.value ?? "" };
}

async function result(options: Options, { letter, written, ...rest }: EditResult): Promise<void> {
  await print(options, {
    json: { letter, written, ...rest },
    text: () => (written ? `Written: a replay of ${letter} sends the new value\n` : "Nothing was written\n"),
  });
  if (!written && !options.dryRun) process.exitCode = 1;
}

function nothing(why: string): void {
  process.stderr.write(`${why}\n`);
  process.exitCode = 1;
}
