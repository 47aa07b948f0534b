import type { CheckResult } from "./check-result.ts";
import { githubReport } from "./github.ts";
import { gitlabReport } from "./gitlab.ts";
import { jsonReport } from "./json.ts";
import { junitReport } from "./junit.ts";
import { markdownReport } from "./markdown.ts";
import { type SarifOptions, sarifReport } from "./sarif.ts";
import { textReport } from "./text.ts";

export const FORMATS = ["text", "json", "junit", "sarif", "github", "gitlab", "markdown"] as const;
export type Format = (typeof FORMATS)[number];

export interface RenderOptions extends SarifOptions {
  /** The text goes to a terminal that shows colours. */
  readonly coloured: boolean;
}

/** A check's result in one of the seven forms. */
export function render(format: Format, result: CheckResult, options: RenderOptions): string {
  switch (format) {
    case "text":
      return textReport(result, options.coloured);
    case "json":
      return jsonReport(result);
    case "junit":
      return junitReport(result);
    case "sarif":
      return sarifReport(result, options);
    case "github":
      return githubReport(result);
    case "gitlab":
      return gitlabReport(result);
    case "markdown":
      return markdownReport(result);
  }
}
