import type { RegistryConfig } from "./config.ts";
import { UsageError } from "./errors.ts";
import type { AvroSchema } from "./event.ts";
import { RecentlyUsed } from "./recently-used.ts";
import { type CallRegistry, type RegistryAnswer, registryCalls } from "./registry-http.ts";

/** The schema registry as the runtime needs it: it reads, and never registers. */
export interface Registry {
  /**
   * The schema under an id; asked for once, since an id's schema never changes. Callers that ask for the same
   * id meanwhile share the request; one that aborts doesn't abort the others'.
   * @throws {Unavailable} when the registry gives no answer: nothing is known about the id.
   * @throws {UnknownSchemaId} when it says that there is none; for ten seconds it is not asked again.
   */
  schemaById(id: number, signal: AbortSignal): Promise<RegisteredSchema>;
  /**
   * The id under which this very schema is registered for the subject.
   * @throws {NotRegistered} saying to run `boxoffice schemas register`
   * @throws {Unavailable}
   */
  idFor(subject: string, schema: AvroSchema, signal: AbortSignal): Promise<number>;
}

export interface RegisteredSchema {
  /** `AVRO`, `JSON`, `PROTOBUF`. */
  readonly format: string;
  /** Undefined when the text is no JSON, as another format's may be. */
  readonly schema: AvroSchema | undefined;
  /** Schemas that it refers to by name, and those that they do. */
  readonly references: readonly AvroSchema[];
}

/** The registry knows no such id. Transient: a producer may have written before its schema reached a replica. */
export class UnknownSchemaId extends Error {
  override name = "UnknownSchemaId";
  readonly schemaId: number;
  constructor(schemaId: number) {
    super(`Cannot find a schema as the registry knows no such id: current value is ${schemaId}`);
    this.schemaId = schemaId;
  }
}

/** This checkout's schema is not in the registry. Exit code 2. */
export class NotRegistered extends UsageError {
  override name = "NotRegistered";
}

export interface RegistryOptions {
  /** Longest wait for one answer. @default 5_000 */
  readonly timeoutMs?: number;
  /** How long an unknown id is believed to be unknown. @default 10_000 */
  readonly unknownMs?: number;
  /** Schemas kept. @default 1_000 */
  readonly most?: number;
}

/** References of references are followed this far. */
const MOST_REFERENCES = 200;

export function connectRegistry(config: RegistryConfig, options: RegistryOptions = {}): Registry {
  const { timeoutMs = 5_000, unknownMs = 10_000, most = 1_000 } = options;
  const call = registryCalls(config, timeoutMs);
  const known = new RecentlyUsed<number, RegisteredSchema>(most);
  const unknownUntil = new RecentlyUsed<number, number>(most);
  const asking = new Map<number, Promise<RegisteredSchema>>();

  async function ask(id: number): Promise<RegisteredSchema> {
    try {
      // Nobody's signal: the answer is everybody's. The call ends by its own limit.
      const schema = await fetchSchema(call, id, new AbortController().signal);
      known.set(id, schema);
      return schema;
    } catch (error) {
      if (error instanceof UnknownSchemaId) unknownUntil.set(id, performance.now() + unknownMs);
      throw error;
    } finally {
      asking.delete(id);
    }
  }

  return {
    async schemaById(id, signal) {
      signal.throwIfAborted();
      const schema = known.get(id);
      if (schema !== undefined) return schema;
      if ((unknownUntil.get(id) ?? 0) > performance.now()) throw new UnknownSchemaId(id);
      const answer = asking.get(id) ?? ask(id);
      asking.set(id, answer);
      return await orAborted(answer, signal);
    },

    async idFor(subject, schema, signal) {
      const path = `/subjects/${encodeURIComponent(subject)}`;
      const answer = await call({ method: "POST", path, body: { schema: JSON.stringify(schema) } }, signal);
      if (answer.ok && typeof answer.body.id === "number") return answer.body.id;
      throw new NotRegistered(
        `Cannot write to subject '${subject}' as this build's schema is not registered: run 'boxoffice schemas register'`,
      );
    },
  };
}

async function fetchSchema(call: CallRegistry, id: number, signal: AbortSignal): Promise<RegisteredSchema> {
  // A registry counts from 1: such an id needs no request, and must not look like a path.
  if (id < 0) throw new UnknownSchemaId(id);
  const answer = await call({ method: "GET", path: `/schemas/ids/${id}` }, signal);
  if (!answer.ok) throw new UnknownSchemaId(id);
  const format = typeof answer.body.schemaType === "string" ? answer.body.schemaType : "AVRO";
  const references: AvroSchema[] = [];
  const seen = new Set<string>();
  const open = referencesOf(answer);
  for (let next = open.pop(); next !== undefined && seen.size < MOST_REFERENCES; next = open.pop()) {
    const path = `/subjects/${encodeURIComponent(next.subject)}/versions/${next.version}`;
    if (seen.has(path)) continue;
    seen.add(path);
    const referenced = await call({ method: "GET", path }, signal);
    const schema = schemaOf(referenced);
    // One that is gone leaves a name undefined: whoever needs the schema will hear of it.
    if (schema !== undefined) references.push(schema);
    open.push(...referencesOf(referenced));
  }
  return { format, schema: schemaOf(answer), references };
}

function schemaOf(answer: RegistryAnswer): AvroSchema | undefined {
  if (!answer.ok || typeof answer.body.schema !== "string") return undefined;
  try {
    return JSON.parse(answer.body.schema);
  } catch {
    return undefined;
  }
}

function referencesOf(answer: RegistryAnswer): { subject: string; version: number }[] {
  if (!answer.ok || !Array.isArray(answer.body.references)) return [];
  return answer.body.references.flatMap((reference: unknown) => {
    const { subject, version } = Object(reference);
    return typeof subject === "string" && typeof version === "number" ? [{ subject, version }] : [];
  });
}

/** Waits no longer than the caller wants to; the answer goes on without it. */
function orAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  return promise;
}
