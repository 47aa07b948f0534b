/** Where something stands in a schema's text. */
export interface Place {
  /** As a person would open it: a path from the repository's root, or what a version is called (`registry v3 of …`). */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** Names, not indices: `/fields/seats/type/items`. Stays the same when a field above is moved. */
  readonly pointer: string;
}

/**
 * What a finding is about: `compatibility`, the specification's verdict between two versions; `fleet`, a worker's
 * codec on schemas that are really written; `meaning`, both sides read it but mean something else; `style`, one
 * version by itself; `waiver`, the file of exceptions.
 */
export type Category = "compatibility" | "fleet" | "meaning" | "style" | "waiver";

/** One thing that is wrong, for people and programs alike: what, from what to what, who is affected, what to do. */
export interface Finding {
  /** `field-without-default`, …: documented in docs/schema-rules/<rule>.md. */
  readonly rule: string;
  readonly category: Category;
  readonly severity: "error" | "warning";
  /** Full name of the record whose file this is. */
  readonly record: string;
  /** `<topic>-<record>`; more than one when several topics carry the record. */
  readonly subjects: readonly string[];
  /** In the checkout. */
  readonly at: Place;
  /** The same thing in the version it was compared with. */
  readonly against?: Place;
  /** One sentence without a full stop: `field 'seats' was removed, which payment reads without a default`. */
  readonly what: string;
  /** Where the sentence doesn't say it yet. */
  readonly from?: string;
  readonly to?: string;
  /** Who can't read what: `payment can't read records written before`; never empty for an error. */
  readonly who: readonly string[];
  /** What to do: one sentence. */
  readonly fix: string;
  /** The same for the same finding in the next run: a hash of rule, record, pointer and what changed. Waivers are bound to it. */
  readonly fingerprint: string;
}
