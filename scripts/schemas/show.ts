import { tableOf } from "../table.ts";
import type { Result } from "./register-subject.ts";

/** One line a subject, then the reasons of those that were refused. */
export function resultTable(results: readonly Result[]): string {
  const rows = results.map((result) => [
    result.subject,
    result.levelBefore === result.level || result.levelBefore === null
      ? result.level
      : `${result.levelBefore} -> ${result.level}`,
    result.action,
    result.id ?? "",
    result.version ?? "",
  ]);
  const refused = results.filter((result) => result.action === "refused");
  const reasons = refused.map(({ subject, reason }) => `${subject}: ${reason}\n`);
  return tableOf(["subject", "compatibility", "schema", "id", "version"], rows) + reasons.join("");
}
