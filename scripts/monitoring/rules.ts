import { type Alert, runbookOf } from "./alert.ts";
import { backlogAlerts } from "./alerts/backlog.ts";
import { deadLetterAlerts } from "./alerts/dead-letters.ts";
import { outageAlerts } from "./alerts/outages.ts";
import { serviceAlerts } from "./alerts/service.ts";
import { workerAlerts } from "./alerts/workers.ts";
import { asWritten, type Pace } from "./pace.ts";
import { recordings } from "./recordings.ts";

export interface RuleOptions {
  /** Every declared worker, to be missed when it is away. */
  readonly workers: readonly string[];
  /** Where the runbooks are read, without a slash at the end. @default RUNBOOKS */
  readonly runbooks?: string;
  /** @default as written */
  readonly pace?: Pace;
}

/** Prometheus' own form: a rules file, and the `spec` of a PrometheusRule. */
export interface RuleGroups {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

export type Rule =
  | { readonly record: string; readonly expr: string }
  | {
      readonly alert: string;
      readonly expr: string;
      readonly for?: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<"summary" | "description" | "runbook_url", string>>;
    };

/** Until a site says where its runbooks are: a name that never resolves. */
export const RUNBOOKS = "https://boxoffice.example/runbooks";
const PREFIX = "Boxoffice";

/** Every alert by its theme. */
export function alertGroups(pace: Pace, workers: readonly string[]): ReadonlyMap<string, readonly Alert[]> {
  return new Map([
    ["service", serviceAlerts(pace)],
    ["workers", workerAlerts(pace, workers)],
    ["outages", outageAlerts(pace)],
    ["backlog", backlogAlerts(pace)],
    ["dead-letters", deadLetterAlerts(pace)],
  ]);
}

/** All rules: what is recorded first, then the alerts that build on it. */
export function ruleGroups({ workers, runbooks = RUNBOOKS, pace = asWritten }: RuleOptions): RuleGroups {
  const alerts = [...alertGroups(pace, workers)].map(([theme, group]) => ({
    name: `boxoffice-${theme}`,
    rules: group.map((alert) => ruleOf(alert, pace, runbooks)),
  }));
  return { groups: [{ name: "boxoffice-recordings", rules: recordings(pace) }, ...alerts] };
}

function ruleOf(alert: Alert, pace: Pace, runbooks: string): Rule {
  const { name, severity, expr, forSeconds, summary, description } = alert;
  return {
    alert: `${PREFIX}${name}`,
    expr,
    ...(forSeconds !== undefined && { for: pace.span(forSeconds) }),
    labels: { severity },
    annotations: { summary, description, runbook_url: `${runbooks}/${runbookOf(name)}.md` },
  };
}
