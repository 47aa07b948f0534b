import type { DeclaredTopic, TopicKind } from "../../workers/_runtime/derived-topics.ts";
import { durationMs } from "../../workers/_runtime/mod.ts";

/** A topic as the broker has it. */
export interface ActualTopic {
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/** One thing that isn't as declared. */
export interface Difference {
  /** A configuration name, or `partitions`. */
  readonly key: string;
  readonly actual: string | undefined;
  readonly declared: string;
}

/**
 * - `same`: as declared
 * - `create`: missing
 * - `grow`: fewer partitions than declared; possible while its family is drained
 * - `differs`: in a way that isn't changed behind anybody's back
 * - `retiring`: a derived topic that nothing declares any more; kept until drained, deleted only on request
 * - `unknown`: named like ours, but no declaration says why
 */
export type TopicAction = "same" | "create" | "grow" | "differs" | "retiring" | "unknown";

export interface PlannedTopic {
  readonly name: string;
  readonly action: TopicAction;
  readonly kind: TopicKind | undefined;
  readonly source: string | undefined;
  readonly worker: string | undefined;
  /** Undefined for what isn't declared. */
  readonly declared: DeclaredTopic | undefined;
  readonly differences: readonly Difference[];
}

/** What separates the broker from the declarations; pure. Topics that aren't named like ours are left out. */
export function planTopics(
  declared: readonly DeclaredTopic[],
  actual: ReadonlyMap<string, ActualTopic>,
): readonly PlannedTopic[] {
  const sources = declared.filter((topic) => topic.kind === "source").map((topic) => topic.name);
  const names = new Set(declared.map((topic) => topic.name));
  const others = [...actual.keys()].filter((name) => !names.has(name)).sort();
  return [
    ...declared.map((topic) => planDeclared(withKeptCount(topic, declared, actual), actual.get(topic.name))),
    ...others.flatMap((name) => planUndeclared(name, sources)),
  ];
}

/**
 * A compacted topic keeps the partition count it was made with, and so does what is derived from it: with another
 * count a key's newer value lands in another partition, the older one stays for ever, and which counts is unknown.
 */
function withKeptCount(
  topic: DeclaredTopic,
  declared: readonly DeclaredTopic[],
  actual: ReadonlyMap<string, ActualTopic>,
): DeclaredTopic {
  const origin = topic.source === undefined ? topic : declared.find((each) => each.name === topic.source);
  const made =
    origin?.config["cleanup.policy"] === "compact" ? actual.get(origin.name)?.partitions : undefined;
  return made === undefined ? topic : { ...topic, partitions: made };
}

function planDeclared(topic: DeclaredTopic, actual: ActualTopic | undefined): PlannedTopic {
  const { name, kind, source, worker } = topic;
  const planned = { name, kind, source, worker, declared: topic };
  if (actual === undefined) return { ...planned, action: "create", differences: [] };
  const differences: Difference[] = [];
  for (const [key, value] of Object.entries(topic.config)) {
    if (actual.config[key] !== value) differences.push({ key, actual: actual.config[key], declared: value });
  }
  const fixed = differences.length === 0 && actual.partitions <= topic.partitions;
  if (actual.partitions !== topic.partitions)
    differences.push({
      key: "partitions",
      actual: String(actual.partitions),
      declared: String(topic.partitions),
    });
  if (differences.length === 0) return { ...planned, action: "same", differences };
  return { ...planned, action: fixed ? "grow" : "differs", differences };
}

function planUndeclared(name: string, sources: readonly string[]): readonly PlannedTopic[] {
  const parsed = parseDerived(name, sources);
  if (parsed !== undefined)
    return [{ name, action: "retiring", ...parsed, declared: undefined, differences: [] }];
  const ours = name.startsWith("fleet.") || sources.some((source) => name.startsWith(`${source}.`));
  if (!ours) return [];
  const nothing = {
    kind: undefined,
    source: undefined,
    worker: undefined,
    declared: undefined,
    differences: [],
  };
  return [{ name, action: "unknown", ...nothing }];
}

/** Reads `<source>.<worker>.retry.<delay>`, `.replay` and `.dlq` of a known source topic. */
export function parseDerived(
  name: string,
  sources: readonly string[],
): { readonly kind: TopicKind; readonly source: string; readonly worker: string } | undefined {
  // The longest first: a source topic's name may begin with another's and a dot.
  const source = sources.filter((each) => name.startsWith(`${each}.`)).sort((a, b) => b.length - a.length)[0];
  if (source === undefined) return undefined;
  const match = /^([a-z][a-z0-9-]*)\.(?:(retry)\.(.+)|(replay)|(dlq))$/.exec(name.slice(source.length + 1));
  const worker = match?.[1];
  if (worker === undefined) return undefined;
  if (match?.[2] !== undefined && !isDuration(match[3] ?? "")) return undefined;
  const kind = match?.[2] !== undefined ? "retry" : match?.[4] !== undefined ? "replay" : "dlq";
  return { kind, source, worker };
}

function isDuration(text: string): boolean {
  try {
    return durationMs(text) >= 0;
  } catch {
    return false;
  }
}

/** The family a topic belongs to: created, grown or held back as a whole. */
export function familyName(topic: PlannedTopic): string {
  return topic.source ?? topic.name;
}
