import { join } from "node:path";
import { Command } from "commander";
import { exitCodes } from "../../workers/_runtime/mod.ts";
import { jsonOf, tableOf } from "../table.ts";
import { NotBuilt } from "./check/build.ts";
import type { Finding } from "./check/finding.ts";
import { readManifests } from "./check/read.ts";
import { judge, RULES } from "./check/rules.ts";
import { overlaysIn, readSource } from "./check/sources.ts";
import { loadDeclarations } from "./declarations.ts";
import { generatedFiles } from "./files.ts";
import { fileChanges } from "./generate.ts";

const FOLDER = "k8s";

interface Flags {
  readonly folder: string;
  readonly json?: true;
  readonly rules?: true;
}

export const check = new Command("check")
  .description(
    "Judges manifests as they would be applied, against the declarations: workers, scaling, grace periods, topics,\n" +
      "users and ACLs, egress, Pod Security. Without arguments: every overlay, and what is generated.",
  )
  .argument("[what...]", "overlays, files or folders of YAML; - for standard input")
  .option("--folder <folder>", "where base, components and overlays are", FOLDER)
  .option("--rules", "the rules, and what goes wrong without each")
  .option("--json", "as JSON")
  .addHelpText(
    "after",
    `
Overlays are built by 'kustomize' or 'kubectl', whichever is there.

Examples:
  $ npx boxoffice k8s check
  $ npx boxoffice k8s check k8s/overlays/production --json
  $ kubectl kustomize my/overlay | npx boxoffice k8s check -

Exit codes: 0 fine; 1 something disagrees; 2 usage, or no manifests; 3 an overlay can't be built`,
  )
  .action(async (what: readonly string[], flags: Flags) => {
    if (flags.rules) return printRules(flags);
    try {
      const { findings, objects, sources } = await checked(what, flags.folder, AbortSignal.timeout(300_000));
      if (flags.json) process.stdout.write(jsonOf({ sources, objects, findings }));
      else process.stdout.write(textOf(findings, objects, sources.length));
      if (findings.length > 0) process.exitCode = exitCodes.no;
    } catch (error) {
      if (!(error instanceof NotBuilt)) throw error;
      process.stderr.write(`boxoffice: ${error.message}\n`);
      process.exitCode = exitCodes.unreachable;
    }
  });

async function checked(what: readonly string[], folder: string, signal: AbortSignal) {
  const sources = what.length > 0 ? what : await overlaysIn(join(folder, "overlays"));
  const findings: Finding[] = what.length > 0 ? [] : [...(await notAsGenerated(folder))];
  let objects = 0;
  for (const source of sources) {
    const manifests = readManifests(await readSource(source, signal), source);
    objects += manifests.length;
    findings.push(...(await judge(manifests, source)));
  }
  return { findings, objects, sources };
}

async function notAsGenerated(folder: string): Promise<readonly Finding[]> {
  const changes = await fileChanges(folder, generatedFiles(await loadDeclarations()));
  return changes.map(({ path, change }) => ({
    ...{ rule: "not-as-generated", source: join(folder, path), object: "", field: "" },
    message:
      change === "missing"
        ? "it is missing"
        : change === "stale"
          ? "nothing generates it any more"
          : "it was edited, or a declaration changed",
    fix: "run 'boxoffice k8s generate'; what an overlay must differ in is a patch of the overlay",
  }));
}

function textOf(findings: readonly Finding[], objects: number, sources: number): string {
  const lines = findings.map(({ rule, source, object, field, message, fix }) => {
    const place = [source, object, field].filter((part) => part !== "").join(": ");
    return `${place}: ${message} (${rule})\n  fix: ${fix}\n`;
  });
  const counted = `${objects} objects of ${sources} ${sources === 1 ? "source" : "sources"}`;
  const end =
    findings.length === 0
      ? "they agree with the declarations"
      : `${findings.length} ${findings.length === 1 ? "finding" : "findings"}`;
  return `${lines.join("")}${counted}: ${end}.\n`;
}

function printRules({ json }: Flags): void {
  const rules = [...new Map(RULES.map(({ id, why }) => [id, { id, why }])).values()];
  process.stdout.write(
    json
      ? jsonOf(rules)
      : tableOf(
          ["rule", "otherwise"],
          rules.map(({ id, why }) => [id, why]),
        ),
  );
}
