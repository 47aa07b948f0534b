/** One version of a record's schema, as its source holds it: a checkout's file, a commit, a registry, a snapshot. */
export interface SchemaVersion {
  /** What to call it: `checkout`, `git:4f2c1e9`, `registry v3`, `snapshot v3`. */
  readonly label: string;
  /** `schemas/Concert.avsc`, or where a registry has no file, the subject and version. */
  readonly file: string;
  /** Full name of the record. */
  readonly record: string;
  /** The schema's JSON text, as it stands: lines and columns are counted in it. */
  readonly text: string;
  /** Texts of the schemas it refers to, the innermost first. */
  readonly references: readonly string[];
  /** The registry's id, where it has one. */
  readonly id?: number;
  /** The registry's number of the version within its subject, where it has one. */
  readonly number?: number;
}

/** The versions of one subject, oldest first; the last is the newest. */
export interface SubjectHistory {
  readonly subject: string;
  readonly versions: readonly SchemaVersion[];
  /** The source knows it only from its past: no topic carried the record any more. */
  readonly retired?: boolean;
}
