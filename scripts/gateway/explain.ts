import type { z } from "zod";

/** Every problem that a schema found in `input`, as one clause: "'lost' must be …: current value is 3; …". */
export function explain(error: z.ZodError, input: unknown): string {
  const problems = error.issues.map((issue) => {
    if (issue.code === "unrecognized_keys") return `there is no ${quoted(issue.keys)}`;
    if (issue.path.length === 0) return `it ${issue.message}`;
    const value = issue.path.reduce(step, input);
    const shown = value === undefined ? "missing" : JSON.stringify(value).slice(0, 100);
    return `'${issue.path.join(".")}' ${issue.message}: current value is ${shown}`;
  });
  return problems.join("; ");
}

function step(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(", ");
}
