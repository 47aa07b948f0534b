import { deskCommand, type JsonOptions, withJson } from "../desk/command.ts";
import { print } from "../desk/print.ts";
import { type DeskOptions, withDesk } from "../desk/with-desk.ts";
import { detailText } from "./detail-text.ts";

interface Options extends DeskOptions, JsonOptions {
  readonly personal?: true;
  /** commander's `--no-newer`. */
  readonly newer: boolean;
}

export const show = withJson(
  deskCommand(
    "show",
    "One dead letter: decoded beside raw bytes, headers, its history, newer events of its key.",
  )
    .argument("<letter>", "as list names it: <dlq>-<partition>-<offset>")
    .option("--personal", "personal fields in clear, and raw bytes; each such look is recorded")
    .option("--no-newer", "don't read the source log for newer events of its key"),
)
  .addHelpText(
    "after",
    `
Newer events are those of the same key that were processed since: replaying this one puts it behind them. "unknown":
the source log is gone there, or longer than 1,000,000 records.

JSON: what list has of it and { raw: { key, value }, headers: [{ name, text, value, ours }], decoded: { ok, record,
schemaId, event, masked } or { ok: false, schemaId, error, reason }, edit, history: [{ time, what, letter, by, text }],
newer, traceId }. Bytes are base64.

Examples:
  $ npx boxoffice dlq show reservations.payment.dlq-3-1412
  $ npx boxoffice dlq show reservations.payment.dlq-3-1412 --personal --json | jq .decoded.event

Exit codes: 0 shown; 1 no such letter, or not allowed; 2 usage or configuration; 3 Kafka or the console can't be
            reached`,
  )
  .action((letter: string, options: Options) =>
    withDesk(options, async ({ desk, run, suffix }) => {
      const look = { newer: options.newer, ...(options.personal && { personal: true }) };
      const detail = await run((call) => desk.show(letter, look, call));
      await print(options, { json: detail, text: () => detailText(detail, Date.now(), suffix) });
    }),
  );
