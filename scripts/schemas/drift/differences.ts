import type { AvroSchema } from "../../../workers/_runtime/mod.ts";
import type { LevelOf } from "../declared-levels.ts";
import { selfContained } from "../self-contained.ts";
import type { SchemaVersion, SubjectHistory } from "../version.ts";

/** One thing in which registry and repository differ. */
export interface Difference {
  readonly kind: "undeclared subject" | "not registered" | "unknown version" | "level";
  readonly subject: string;
  /** A sentence without a full stop. */
  readonly what: string;
  readonly fix: string;
}

export interface Sides {
  readonly checkout: readonly SubjectHistory[];
  /** Every version that the repository ever had. */
  readonly history: readonly SubjectHistory[];
  readonly registry: readonly SubjectHistory[];
  /** As the registry says; undefined: none of its own. */
  readonly levels: ReadonlyMap<string, string | undefined>;
  readonly levelOf: LevelOf;
}

/** By subject, sorted. */
export function differences(sides: Sides): Difference[] {
  const { checkout, registry } = sides;
  const declared = new Set(checkout.map(({ subject }) => subject));
  const undeclared = registry
    .filter(({ subject, versions }) => !declared.has(subject) && versions.length > 0)
    .map(({ subject, versions }): Difference => {
      const what = `the registry has ${versions.length} version${versions.length === 1 ? "" : "s"} of it, and no topic here carries it`;
      const fix =
        "declare it in schemas/topics.ts, or delete it from the registry once no record of it is left";
      return { kind: "undeclared subject", subject, what, fix };
    });
  return [...undeclared, ...checkout.flatMap((each) => ofSubject(each, sides))].sort((a, b) =>
    a.subject < b.subject ? -1 : Number(a.subject > b.subject),
  );
}

function ofSubject({ subject, versions }: SubjectHistory, sides: Sides): Difference[] {
  const { history, registry, levels, levelOf } = sides;
  const registered = registry.find((each) => each.subject === subject)?.versions ?? [];
  const ours = [...(history.find((each) => each.subject === subject)?.versions ?? []), ...versions];
  const known = new Set(ours.map(contentOf));
  const there = new Set(registered.map(contentOf));
  const current = versions.at(-1);
  const found: Difference[] = [];
  if (current !== undefined && !there.has(contentOf(current))) {
    const what = `this checkout's schema is not registered (${registered.length === 0 ? "no version is" : `the newest is ${registered.at(-1)?.label}`})`;
    found.push({ kind: "not registered", subject, what, fix: "npx boxoffice schemas register" });
  }
  for (const version of registered.filter((each) => !known.has(contentOf(each)))) {
    const what = `${version.label} (id ${version.id ?? "unknown"}) is no version that this repository ever had`;
    const fix = "find out who registered it; records of it may lie in the topic";
    found.push({ kind: "unknown version", subject, what, fix });
  }
  const [level, wanted] = [levels.get(subject), levelOf(subject)];
  if (registered.length > 0 && level !== wanted) {
    const what = `its compatibility is ${level ?? "the registry's default"}, and ${wanted} is declared`;
    found.push({ kind: "level", subject, what, fix: "npx boxoffice schemas register" });
  }
  return found;
}

/** White space, order of members and what is referred to by name make no difference. */
function contentOf({ text, references }: SchemaVersion): string {
  try {
    const schema: AvroSchema = JSON.parse(text);
    return JSON.stringify(
      sorted(
        selfContained(
          schema,
          references.map((each) => JSON.parse(each)),
        ),
      ),
    );
  } catch {
    // Another kind of schema, or none: only the same text is the same.
    return text;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]): [string, unknown] => [key, sorted(each)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
