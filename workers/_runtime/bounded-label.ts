/** Where values beyond the bound end. */
export const OTHER = "other";

/**
 * Keeps a metric's label from growing without bound: the first `max` different values pass, later ones
 * become `other`. For values that come from outside, e.g. the class of an error that a handler threw.
 */
export function boundedLabel(max: number): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= max) return OTHER;
    seen.add(value);
    return value;
  };
}
