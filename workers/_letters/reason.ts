/** Why somebody changes something: kept in the audit trail. */
export interface Reason {
  readonly reason: string;
}
