/** Deeper than any event; deeper parts are shown as JSON. */
const MAX_DEPTH = 8;
const MAX_FIELDS = 500;

/** An event's fields by path, leaves as JSON text; at most 500. */
export function fieldsOf(
  event: Readonly<Record<string, unknown>>,
): readonly (readonly [path: string, value: string])[] {
  const rows: [string, string][] = [];
  const add = (path: string, value: unknown, depth: number): void => {
    if (rows.length >= MAX_FIELDS) return;
    const inner = depth < MAX_DEPTH ? entriesOf(value, path) : [];
    if (inner.length === 0)
      rows.push([path, typeof value === "string" ? value : (JSON.stringify(value) ?? "")]);
    else for (const [step, each] of inner) add(step, each, depth + 1);
  };
  for (const [name, value] of Object.entries(event)) add(name, value, 1);
  return rows;
}

function entriesOf(value: unknown, path: string): [string, unknown][] {
  if (Array.isArray(value)) return value.map((each, i): [string, unknown] => [`${path}[${i}]`, each]);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).map(([name, each]) => [`${path}.${name}`, each]);
}
