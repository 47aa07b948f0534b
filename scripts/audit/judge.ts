import type { Explanation } from "./explanations.ts";
import type { Finding } from "./findings.ts";

export interface Audited {
  readonly all: readonly Finding[];
  /** Those of packages that production needs. */
  readonly shipped: readonly Finding[];
}

/** Sentences, one for each thing that is wrong: unexplained, wrongly explained, no longer needed, run out. */
export function complaints(
  { all, shipped }: Audited,
  explanations: readonly Explanation[],
  today: string,
): readonly string[] {
  const isShipped = new Set(shipped.map(keyOf));
  const known = new Map(explanations.map((each) => [keyOf(each), each]));
  const found = new Set(all.map(keyOf));
  const unexplained = all
    .filter((finding) => !known.has(keyOf(finding)))
    .map(
      ({ advisory, package: name, severity, title }) =>
        `${name}: ${advisory} (${severity}${isShipped.has(`${name} ${advisory}`) ? ", shipped" : ""}): ${title}`,
    );
  const wrong = explanations.flatMap((each) => {
    const key = keyOf(each);
    if (!found.has(key)) return [`${key}: explained, but no longer found: remove it`];
    if (each.expires <= today) return [`${key}: its explanation ended on ${each.expires}`];
    if (each.shipped === isShipped.has(key)) return [];
    const fact = isShipped.has(key) ? "is shipped" : "isn't shipped";
    return [`${key}: explained as 'shipped: ${each.shipped}', but the package ${fact}`];
  });
  return [...unexplained, ...wrong];
}

function keyOf({ package: name, advisory }: Pick<Finding, "package" | "advisory">): string {
  return `${name} ${advisory}`;
}
