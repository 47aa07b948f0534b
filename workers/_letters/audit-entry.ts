export interface AuditWish {
  readonly since?: number;
  readonly until?: number;
  readonly by?: string;
  readonly plan?: string;
  readonly letter?: string;
  /** @default 1000 */
  readonly limit?: number;
}

/** Who did what: a record of `fleet.audit`, written in the transaction of the deed itself. */
export interface AuditEntry {
  readonly time: number;
  readonly by: string;
  readonly action:
    | "plan"
    | "replay"
    | "pause"
    | "resume"
    | "throttle"
    | "cancel"
    | "edit"
    | "discard"
    | "restore"
    | "import"
    | "look";
  readonly reason: string;
  readonly plan?: string;
  readonly letters?: number;
  /** Of a deed on one letter, or the first of several. */
  readonly letter?: string;
  readonly text?: string;
}
