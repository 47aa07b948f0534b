import { confirm } from "../confirm.ts";
import { reasonFor } from "../desk/ask.ts";
import { deskCommand, type JsonOptions, withJson, withReason } from "../desk/command.ts";
import { print } from "../desk/print.ts";
import { type DeskOptions, withDesk } from "../desk/with-desk.ts";
import { actedText } from "./acted-text.ts";
import { readExport } from "./read-export.ts";

interface Options extends DeskOptions, JsonOptions {
  readonly reason?: string;
  readonly yes?: true;
}

export const importCommand = withJson(
  withReason(
    deskCommand(
      "import",
      "Writes exported letters into this cluster's DLQs, as newest; one that is here already is skipped.",
    ).argument("[file]", "what export wrote; - or nothing: stdin"),
  ),
)
  .addHelpText(
    "after",
    `
The whole input is read and checked first: a line that is no exported letter is named, and nothing is written.

JSON: { done, skipped: [{ why, letters, sample }] }

Examples:
  $ npx boxoffice dlq import letters.ndjson --reason 'to reproduce INC-12 on staging'
  $ npx boxoffice dlq export --remote https://console.prod.example | npx boxoffice dlq import --yes --reason INC-12

Exit codes: 0 all of them are here; 1 nothing was written: none given, all of them skipped, or you said no; 2 usage or
            configuration, or lines that can't be read; 3 Kafka or the console can't be reached`,
  )
  .action((file: string | undefined, options: Options) =>
    withDesk(options, async ({ desk, run }) => {
      const { count, clusters, letters } = await readExport(file);
      if (count === 0) {
        process.stderr.write("Nothing to import: the input is empty.\n");
        process.exitCode = 1;
        return;
      }
      const reason = await reasonFor(options.reason, "import letters");
      if (
        !(await confirm(`Import ${count} letters of cluster ${clusters.join(", ")}?`, options.yes ?? false))
      ) {
        process.stderr.write("Nothing was written.\n");
        process.exitCode = 1;
        return;
      }
      const acted = await run((call) => desk.import(letters(), { reason }, call));
      await print(options, { json: acted, text: () => actedText(acted, "imported") });
      if (acted.done === 0) process.exitCode = 1;
    }),
  );
