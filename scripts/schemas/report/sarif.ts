import type { Merged } from "../check/merge.ts";
import type { Finding, Place } from "../finding.ts";
import type { Waiver } from "../waivers/waiver.ts";
import { type CheckResult, isBreaking } from "./check-result.ts";
import { regionOf } from "./region.ts";
import { change, rulePage, waivedUntil } from "./sentences.ts";

export interface SarifOptions {
  /** Of the program. */
  readonly version: string;
  /** Where the repository's files can be read, with a slash at the end; undefined: nobody said. */
  readonly repository: string | undefined;
}

/** Where the CI system shows this commit's files; undefined outside of one. */
export function repositoryPages(env: NodeJS.ProcessEnv): string | undefined {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_SHA, CI_PROJECT_URL, CI_COMMIT_SHA } = env;
  if (GITHUB_SERVER_URL && GITHUB_REPOSITORY && GITHUB_SHA)
    return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/blob/${GITHUB_SHA}/`;
  return CI_PROJECT_URL && CI_COMMIT_SHA ? `${CI_PROJECT_URL}/-/blob/${CI_COMMIT_SHA}/` : undefined;
}

/**
 * SARIF 2.1.0, as code scanning takes it. A waived finding is suppressed. A rule's `helpUri` must be absolute, so it
 * is there only where the repository's address is known; the page's path is in `help` always.
 */
export function sarifReport(result: CheckResult, { version, repository }: SarifOptions): string {
  const all = [...result.open, ...result.waived];
  const rules = [...new Map(all.map(({ finding }) => [finding.rule, finding])).values()];
  const indexes = new Map(rules.map(({ rule }, index) => [rule, index]));
  const results = [
    ...result.open.map((merged) => resultOf(merged, undefined, indexes, result.texts)),
    ...result.waived.map((merged) => resultOf(merged, merged.waiver, indexes, result.texts)),
  ];
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "boxoffice schemas check",
            version,
            rules: rules.map((each) => ruleOf(each, repository)),
          },
        },
        originalUriBaseIds: { "%SRCROOT%": { description: { text: "The root of the repository." } } },
        columnKind: "utf16CodeUnits",
        invocations: [{ executionSuccessful: true, exitCode: isBreaking(result) ? 1 : 0 }],
        results,
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf({ rule, category, severity }: Finding, repository: string | undefined): object {
  const page = rulePage(rule);
  return {
    id: rule,
    shortDescription: { text: rule.replaceAll("-", " ") },
    help: { text: `See ${page}`, markdown: `See [${rule}](${page})` },
    ...(repository !== undefined && { helpUri: repository + page }),
    defaultConfiguration: { level: severity },
    properties: { category, tags: ["avro", category] },
  };
}

function resultOf(
  { finding, versions }: Merged,
  waiver: Waiver | undefined,
  indexes: ReadonlyMap<string, number>,
  texts: CheckResult["texts"],
): object {
  return {
    ruleId: finding.rule,
    ruleIndex: indexes.get(finding.rule),
    level: finding.severity,
    message: { text: `${change(finding)}; ${finding.who.join("; ")}. Fix: ${finding.fix}.` },
    locations: [
      {
        physicalLocation: physical(finding.at.file, finding.at, regionOf(finding.at, texts)?.endColumn),
        logicalLocations: [{ fullyQualifiedName: `${finding.record}${finding.at.pointer}` }],
      },
    ],
    ...(finding.against !== undefined && { relatedLocations: [related(finding.against, finding.record)] }),
    partialFingerprints: { "boxoffice/v1": finding.fingerprint },
    suppressions:
      waiver === undefined
        ? []
        : [{ kind: "external", status: "accepted", justification: waivedUntil(waiver) }],
    properties: { subjects: finding.subjects, who: finding.who, versions },
  };
}

/** A commit's file is the same path now, at another line; a registry's version has no file at all. */
function related(against: Place, record: string): object {
  const path = /^[0-9a-f]{7,40}:(.+)$/.exec(against.file)?.[1];
  return {
    id: 1,
    message: { text: `${against.file}:${against.line}:${against.column}` },
    logicalLocations: [{ fullyQualifiedName: `${record}${against.pointer}` }],
    ...(path !== undefined && { physicalLocation: physical(path, against, undefined) }),
  };
}

function physical(file: string, { line, column }: Place, endColumn: number | undefined): object {
  return {
    artifactLocation: { uri: file.split("/").map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" },
    region: { startLine: line, startColumn: column, ...(endColumn !== undefined && { endColumn }) },
  };
}
