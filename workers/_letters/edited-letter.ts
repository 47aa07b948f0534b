import type { Decoded, FieldChange } from "./letter-detail.ts";
import type { Reason } from "./reason.ts";

export interface EditWish extends Reason {
  /** The new event: `type` names the record, as in `decoded.event`. `raw`: a whole value as base64 instead. */
  readonly event: { readonly [field: string]: unknown };
  readonly dryRun?: boolean;
}

export interface EditResult {
  readonly letter: string;
  /** False: the new value equals what stands, or it was a dry run. */
  readonly written: boolean;
  readonly schemaId: number;
  readonly before: Decoded;
  readonly after: Decoded;
  readonly changes: readonly FieldChange[];
}
