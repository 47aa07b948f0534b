import * as z from "zod";

/** A known vulnerability of a package that is installed. */
export interface Finding {
  /** `GHSA-…`, or the registry's number where it gives no such name. */
  readonly advisory: string;
  readonly package: string;
  readonly severity: string;
  readonly title: string;
}

const Advisory = z.object({
  source: z.union([z.number(), z.string()]),
  name: z.string(),
  title: z.string(),
  url: z.string(),
  severity: z.string(),
});

/** `npm audit --json`, version 2; a name in `via` only leads to another entry. */
const Report = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(z.string(), z.object({ via: z.array(z.union([z.string(), Advisory])) })),
});

/**
 * Each advisory once for each package that it is about, sorted; undefined when the text is no report, which is what npm
 * prints when the registry doesn't answer.
 */
export function findingsIn(printed: string): readonly Finding[] | undefined {
  const report = Report.safeParse(jsonOf(printed));
  if (!report.success) return undefined;
  const found = new Map<string, Finding>();
  for (const { via } of Object.values(report.data.vulnerabilities))
    for (const each of via) {
      if (typeof each === "string") continue;
      const advisory = /GHSA(?:-[\da-z]{4}){3}/.exec(each.url)?.[0] ?? String(each.source);
      const { name, severity, title } = each;
      found.set(`${name} ${advisory}`, { advisory, package: name, severity, title });
    }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, finding]) => finding);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
