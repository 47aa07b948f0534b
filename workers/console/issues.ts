import type { z } from "zod";

export interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/**
 * What is wrong, place by place. Of alternatives none of which fits, what is wrong with the one that fits best: that
 * none does helps nobody.
 */
export function issuesOf(issues: readonly z.core.$ZodIssue[]): readonly Issue[] {
  return issues.flatMap((issue) => {
    const { path, message } = issue;
    if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ path, message }];
    const [nearest = []] = issue.errors.map(issuesOf).sort((a, b) => a.length - b.length);
    return nearest.map((inner) => ({ path: [...path, ...inner.path], message: inner.message }));
  });
}
