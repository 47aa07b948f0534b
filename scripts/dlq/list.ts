import type { LetterPage, LetterRow } from "../../workers/_letters/mod.ts";
import { UsageError } from "../../workers/_runtime/mod.ts";
import { age, span } from "../desk/age.ts";
import { deskCommand, type JsonOptions, withJson } from "../desk/command.ts";
import { FILTER_HELP, withFilter } from "../desk/filter-options.ts";
import { type FilterOptions, filterOf } from "../desk/filter-values.ts";
import { fitTable } from "../desk/fit-table.ts";
import { wholeNumber } from "../desk/numbers.ts";
import { print } from "../desk/print.ts";
import { type DeskOptions, withDesk } from "../desk/with-desk.ts";

interface Options extends DeskOptions, FilterOptions, JsonOptions {
  readonly limit?: string;
  readonly after?: string;
}

/** Rows for people to look at; programs page on with `--after`. */
const LIMIT = 50;
const MOST = 1000;

export const list = withJson(
  withFilter(
    deskCommand(
      "list",
      "Dead letters one by one, by DLQ, partition and offset; open ones unless told otherwise.",
    )
      .option("--limit <count>", `at most this many (default: ${LIMIT}, at most ${MOST})`)
      .option("--after <next>", "go on behind this page ('next' of the one before)"),
    { outcome: true },
  ),
  { lines: true },
)
  .addHelpText(
    "after",
    `${FILTER_HELP}

JSON: { letters: [{ letter, worker, topic, partition, id, key, stage, error, reason, fingerprint, attempts, replays,
firstFailed, diedAt, expiresAt, bytes, outcome, edited, plan, build, before, malformed }], next }; --ndjson: one letter
a line. "next" is missing on the last page. dlq export has the bytes, all of them at once.

Examples:
  $ npx boxoffice dlq list --fingerprint 5d1e --limit 10
  $ npx boxoffice dlq list --worker payment --where 'event.amount > 5000' --json
  $ npx boxoffice dlq list --outcome discarded --since today

Exit codes: 0 shown, none included; 1 stopped; 2 usage or configuration; 3 Kafka or the console can't be reached`,
  )
  .action((options: Options) =>
    withDesk(options, async ({ desk, run, suffix }) => {
      const now = Date.now();
      const limit = options.limit === undefined ? LIMIT : wholeNumber("--limit", options.limit, 1);
      if (limit > MOST)
        throw new UsageError(`Cannot list ${limit} at once: at most ${MOST}; dlq export takes all`);
      const page = { limit, ...(options.after !== undefined && { after: options.after }) };
      const found = await run((call) => desk.list(filterOf(options, now), page, call));
      await print(options, { json: found, rows: found.letters, text: () => listText(found, now, suffix) });
    }),
  );

export function listText({ letters, next }: LetterPage, now: number, suffix = ""): string {
  const [first] = letters;
  if (first === undefined) return "No dead letters match\n";
  const table = fitTable(
    ["letter, key", "died", "tries", "outcome", "what"],
    letters.map((letter) => [
      `${letter.letter}\n${keyOf(letter)}`,
      `${age(letter.diedAt, now)} ago\n${expiryOf(letter, now)}`,
      letter.replays === 0 ? `${letter.attempts}` : `${letter.attempts}\n${letter.replays} replays`,
      letter.edited ? `${letter.outcome}\nedited` : letter.outcome,
      `${letter.stage}: ${letter.error}\n${letter.malformed ?? letter.reason}`,
    ]),
  );
  const more = next === undefined ? "" : `More: the same again with --after '${next}'\n`;
  return `${table}${more}Look closer: npx boxoffice dlq show ${first.letter}${suffix}\n`;
}

function keyOf({ key }: LetterRow): string {
  if (key === null) return "(no key)";
  return key.length > 40 ? `${key.slice(0, 39)}…` : key;
}

/** Said only of what goes soon. */
function expiryOf({ expiresAt }: LetterRow, now: number): string {
  if (expiresAt === undefined || expiresAt - now > 3 * 86_400_000) return "";
  return expiresAt <= now ? "expires now" : `expires in ${span(expiresAt - now)}`;
}
