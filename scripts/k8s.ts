import { Command } from "commander";
import { exitCodes } from "../workers/_runtime/mod.ts";
import { check } from "./k8s/check.ts";
import { loadDeclarations } from "./k8s/declarations.ts";
import { generatedFiles } from "./k8s/files.ts";
import { fileChanges, writeChanges } from "./k8s/generate.ts";
import { jsonOf, tableOf } from "./table.ts";

const FOLDER = "k8s";

const generate = new Command("generate")
  .description(
    "Writes what follows from the declarations into the folder: each worker's objects, scaling bounds from\n" +
      "partitions, grace periods from timeouts, topics, users with the least ACLs. Overlays are people's.",
  )
  .argument("[folder]", "where base, components and overlays are", FOLDER)
  .option("--check", "write nothing; exit 1 when a file isn't as generated")
  .option("--json", "as JSON")
  .action(async (folder: string, options: { readonly check?: true; readonly json?: true }) => {
    const files = generatedFiles(await loadDeclarations());
    const changes = await fileChanges(folder, files);
    if (!options.check) await writeChanges(folder, files, changes);
    if (options.json) process.stdout.write(jsonOf({ files: files.size, changes }));
    else if (changes.length === 0) process.stdout.write(`All ${files.size} files are as generated.\n`);
    else
      process.stdout.write(
        tableOf(
          ["file", options.check ? "is" : "was"],
          changes.map(({ path, change }) => [path, change]),
        ),
      );
    if (!options.check || changes.length === 0) return;
    process.stderr.write("Run 'boxoffice k8s generate' and commit what it writes.\n");
    process.exitCode = exitCodes.no;
  });

export default new Command("k8s")
  .description("Kubernetes manifests, derived from the declarations.")
  .addCommand(generate)
  .addCommand(check)
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice k8s generate             after a change of a declaration
  $ npx boxoffice k8s check                in CI: overlays and all

Exit codes: 0 fine; 1 something isn't as it must be; 2 usage; 3 an overlay can't be built`,
  );
