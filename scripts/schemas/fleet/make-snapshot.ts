import type { Topic, Worker } from "../../../workers/_runtime/mod.ts";
import { Unavailable } from "../../../workers/_runtime/mod.ts";
import { type Registry, UnknownSchemaId } from "../../../workers/_runtime/registry.ts";
import type { CallRegistry } from "../../../workers/_runtime/registry-http.ts";
import { LEVELS, type Level } from "../level.ts";
import { registryVersions } from "../source/registry.ts";
import { connectSubjects } from "../subjects.ts";
import type { SubjectHistory } from "../version.ts";
import { fleetWorkers } from "./readers.ts";
import type { ScannedTopic, Snapshot } from "./snapshot.ts";

/** Ids that no subject has, asked for one by one. */
const MOST_OTHERS = 1_000;

export interface Sources {
  readonly call: CallRegistry;
  readonly registry: Registry;
  readonly topics: readonly Topic[];
  readonly workers: readonly Worker[];
  /** What lies in topics; null: not looked at. */
  readonly scanned: readonly ScannedTopic[] | null;
  readonly signal: AbortSignal;
}

/** @throws {Unavailable} when the registry gives no answer */
export async function makeSnapshot(sources: Sources, now: Date): Promise<Snapshot> {
  const { call, topics, workers, scanned, signal } = sources;
  const names = topics.map(({ name }) => name);
  const histories = await registryVersions(call, names, signal);
  const port = connectSubjects(call, signal);
  const subjects = [];
  for (const history of histories) {
    const level = await port.level(history.subject);
    subjects.push({ ...plain(history), level: isLevel(level) ? level : null });
  }
  const known = new Set(histories.flatMap(({ versions }) => versions.map(({ id }) => id)));
  const ids = (scanned ?? []).flatMap((topic) => topic.ids.map(({ id }) => id));
  const others = await otherSchemas(
    sources,
    [...new Set(ids)].filter((id) => !known.has(id)),
  );
  for (const { id } of others) known.add(id);
  return {
    format: 1,
    madeAt: now.toISOString(),
    subjects,
    others,
    topics:
      scanned
        ?.filter(({ kind, read, skipped }) => kind === "source" || read + skipped > 0)
        .map((topic) => withoutUnknown(topic, known)) ?? null,
    workers: fleetWorkers(workers),
  };
}

const isLevel = (level: string | undefined): level is Level => LEVELS.some((each) => each === level);

function plain({ subject, versions }: SubjectHistory) {
  return {
    subject,
    versions: versions.flatMap(({ number, id, text, references }) =>
      number === undefined || id === undefined
        ? []
        : [{ version: number, id, text, references: [...references] }],
    ),
  };
}

async function otherSchemas(
  { registry, signal }: Sources,
  ids: readonly number[],
): Promise<Snapshot["others"]> {
  if (ids.length > MOST_OTHERS) {
    throw new Unavailable(
      "registry",
      `Cannot look up the schema ids that lie in topics as more than ${MOST_OTHERS} are of no subject: ${ids.length}; read fewer records with --limit`,
    );
  }
  const others: Snapshot["others"] = [];
  for (const id of ids) {
    try {
      const { schema, references } = await registry.schemaById(id, signal);
      if (schema === undefined) continue;
      others.push({
        id,
        text: JSON.stringify(schema),
        references: references.map((each) => JSON.stringify(each)),
      });
    } catch (error) {
      if (!(error instanceof UnknownSchemaId)) throw error;
    }
  }
  return others;
}

/** Random ids of broken producers would make every snapshot another one. */
function withoutUnknown(topic: ScannedTopic, known: ReadonlySet<number | undefined>): ScannedTopic {
  const ids = topic.ids.filter(({ id }) => known.has(id));
  const counted = (of: ScannedTopic["ids"]) => of.reduce((sum, { count }) => sum + count, 0);
  return { ...topic, ids, unknown: counted(topic.ids) - counted(ids) };
}
