import type { RecordType } from "../../workers/_runtime/mod.ts";
import type { Level } from "./level.ts";
import type { Subjects } from "./subjects.ts";

export interface Subject {
  readonly subject: string;
  readonly topic: string;
  readonly record: RecordType;
}

export interface Result {
  readonly subject: string;
  readonly topic: string;
  readonly record: string;
  readonly level: Level;
  /** What it was before; null: the subject had none of its own. */
  readonly levelBefore: string | null;
  readonly action:
    | "unchanged"
    | "level set"
    | "registered"
    | "refused"
    | "level to be set"
    | "to be registered";
  /** Null where it is not registered. */
  readonly id: number | null;
  readonly version: number | null;
  /** Why it was refused, in the registry's words. */
  readonly reason: string | null;
}

/**
 * Brings one subject to this checkout's schema. The level is set before the schema is sent: a registry takes
 * anything as long as the level is its default, often NONE, and a refusal later would come too late.
 * @throws {Unavailable}
 */
export async function registerSubject(
  port: Subjects,
  { subject, topic, record }: Subject,
  level: Level,
  dryRun: boolean,
): Promise<Result> {
  const before = await port.level(subject);
  const found = await port.find(subject, record.schema);
  const about = { subject, topic, record: record.fullName, level, levelBefore: before ?? null };
  const nowhere = { id: null, version: null };
  if (before !== level && !dryRun) await port.setLevel(subject, level);
  if (found !== undefined) {
    const action = before === level ? "unchanged" : dryRun ? "level to be set" : "level set";
    return { ...about, action, ...found, reason: null };
  }
  const reason = dryRun
    ? await port.wouldRefuse(subject, record.schema)
    : await port.register(subject, record.schema);
  if (reason !== undefined) return { ...about, action: "refused", ...nowhere, reason };
  if (dryRun) return { ...about, action: "to be registered", ...nowhere, reason: null };
  const now = await port.find(subject, record.schema);
  return { ...about, action: "registered", ...(now ?? nowhere), reason: null };
}
