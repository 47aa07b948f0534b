import type { LetterRow } from "./letter-row.ts";

export interface Look {
  /** Personal fields are masked unless asked for; each such look is audited. */
  readonly personal?: boolean;
  /** Whether to look for the key's newer events, which reads the source log. @default true */
  readonly newer?: boolean;
}

export interface LetterDetail extends LetterRow {
  /** Bytes of key and value, base64. Undefined for those who may not see personal fields. */
  readonly raw: { readonly key: string | null; readonly value: string | null } | undefined;
  readonly headers: readonly HeaderRow[];
  readonly decoded: Decoded;
  /** The value an edit put in its place, decoded likewise, and where it differs from the letter's own. */
  readonly edit:
    | {
        readonly by: string;
        readonly reason: string;
        readonly time: number;
        readonly decoded: Decoded;
        readonly changes: readonly FieldChange[];
      }
    | undefined;
  readonly history: readonly HistoryEntry[];
  /** The key's events behind this one that were processed since; "unknown" where the log is gone or too long. */
  readonly newer: readonly NewerEvent[] | "unknown" | "not asked";
  readonly traceId: string | undefined;
}

/** A field that an edit changes, by path; masked values differ by what is behind the mask. */
export interface FieldChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface HeaderRow {
  readonly name: string;
  /** As UTF-8; undefined when it isn't, or is null. */
  readonly text: string | undefined;
  /** Bytes, base64; null for a null header. */
  readonly value: string | null;
  /** One that Boxoffice added. */
  readonly ours: boolean;
}

export type Decoded =
  | {
      readonly ok: true;
      readonly record: string;
      readonly schemaId: number;
      readonly event: { readonly [field: string]: unknown };
      /** Read with the schema it was written with: no worker of this build reads such a record from there. */
      readonly writer?: true;
      /** Paths that were masked. */
      readonly masked: readonly string[];
    }
  | {
      readonly ok: false;
      readonly schemaId: number | undefined;
      readonly error: string;
      readonly reason: string;
    };

/** One death or deed in a letter's life, oldest first, letters it was before included. */
export interface HistoryEntry {
  readonly time: number;
  readonly what:
    | "first failed"
    | "dead letter"
    | "edited"
    | "replayed"
    | "processed"
    | "dead again"
    | "discarded"
    | "restored"
    | "sent to source"
    | "imported";
  readonly letter: string;
  readonly by?: string;
  readonly text: string;
}

export interface NewerEvent {
  readonly id: string;
  readonly time: number;
  readonly record: string | undefined;
}
