/** What lies at a path of a manifest; undefined where it ends early. Steps of lists are indexes. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null) return undefined;
    here = Object.hasOwn(here, step)
      ? Object.entries(here).find(([key]) => key === String(step))?.[1]
      : undefined;
  }
  return here;
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}

/** Texts by name; what is no text is left out. */
export function textsAt(value: unknown, ...path: readonly (string | number)[]): ReadonlyMap<string, string> {
  const found = at(value, ...path);
  if (typeof found !== "object" || found === null) return new Map();
  return new Map(
    Object.entries(found).flatMap(([key, each]) => (typeof each === "string" ? [[key, each] as const] : [])),
  );
}
