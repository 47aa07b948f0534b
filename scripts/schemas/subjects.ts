import { type AvroSchema, Unavailable } from "../../workers/_runtime/mod.ts";
import type { CallRegistry, RegistryAnswer } from "../../workers/_runtime/registry-http.ts";

/** Subjects of a schema registry, to be read and written; every call throws `Unavailable` for an outage. */
export interface Subjects {
  /** Undefined: none of its own, or no such subject yet. Some registries answer with the global level instead. */
  level(subject: string): Promise<string | undefined>;
  setLevel(subject: string, level: string): Promise<void>;
  /** Where this very schema is registered. */
  find(subject: string, schema: AvroSchema): Promise<{ id: number; version: number } | undefined>;
  /** Undefined: taken. A text: why the registry refuses it. */
  register(subject: string, schema: AvroSchema): Promise<string | undefined>;
  /** As `register`, by the level the subject has now, and registers nothing. */
  wouldRefuse(subject: string, schema: AvroSchema): Promise<string | undefined>;
}

export function connectSubjects(call: CallRegistry, signal: AbortSignal): Subjects {
  const text = (schema: AvroSchema) => ({ schema: JSON.stringify(schema) });
  const path = (kind: string, subject: string) => `/${kind}/${encodeURIComponent(subject)}`;
  return {
    async level(subject) {
      const answer = await call({ method: "GET", path: path("config", subject) }, signal);
      const level = answer.ok ? answer.body.compatibilityLevel : undefined;
      return typeof level === "string" ? level : undefined;
    },

    async setLevel(subject, level) {
      const body = { compatibility: level };
      const answer = await call({ method: "PUT", path: path("config", subject), body }, signal);
      if (!answer.ok) throw unexpected("set the compatibility level of", subject, answer);
    },

    async find(subject, schema) {
      const answer = await call(
        { method: "POST", path: path("subjects", subject), body: text(schema) },
        signal,
      );
      if (!answer.ok) return undefined;
      const { id, version } = answer.body;
      if (typeof id === "number" && typeof version === "number") return { id, version };
      throw unexpected("look up", subject, answer);
    },

    async register(subject, schema) {
      const versions = `${path("subjects", subject)}/versions`;
      const answer = await call({ method: "POST", path: versions, body: text(schema) }, signal);
      return answer.ok ? undefined : reasonOf(answer.message);
    },

    async wouldRefuse(subject, schema) {
      const versions = `/compatibility${path("subjects", subject)}/versions?verbose=true`;
      const answer = await call({ method: "POST", path: versions, body: text(schema) }, signal);
      // A subject that isn't there yet takes its first version.
      if (!answer.ok) return answer.status === 404 ? undefined : reasonOf(answer.message);
      if (answer.body.is_compatible !== false) return undefined;
      const { messages } = answer.body;
      return Array.isArray(messages) && messages.length > 0
        ? messages.join("; ")
        : "incompatible with a version before";
    },
  };
}

/** Without the Java class names that some registries put in front. */
function reasonOf(message: string): string {
  return message.replace(/^(?:[\w$]+\.)+[\w$]+: /, "") || "the registry gives no reason";
}

function unexpected(what: string, subject: string, answer: RegistryAnswer): Unavailable {
  const said = answer.ok ? "in an unknown form" : `${answer.code} ${answer.message}`;
  return new Unavailable("registry", `Cannot ${what} '${subject}' as the schema registry answered ${said}`);
}
