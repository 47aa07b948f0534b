/** The invariants by name, with what each promises. */
export const INVARIANTS = {
  "seat-sold-once": "no seat is sold twice, and the seat map shows as sold what the log sold",
  "money-answered": "every captured payment ends in one standing reservation or one refund",
  "request-ended": "every accepted request ends confirmed, rejected, expired or cancelled",
  "charged-once": "no reservation is charged twice",
  "mail-true": "the last e-mail of each reservation tells the truth",
  "letters-sown": "the dead letters are exactly the ones sown",
} as const;

export type InvariantName = keyof typeof INVARIANTS;

/** One case of a broken invariant. */
export interface Violation {
  readonly invariant: InvariantName;
  /** One sentence. */
  readonly what: string;
  readonly reservations: readonly string[];
  readonly seats: readonly string[];
  /** Identities of records, charges, refunds, letters or mails that show it. */
  readonly evidence: readonly string[];
}

export function violation(
  invariant: InvariantName,
  what: string,
  where: {
    readonly reservations?: readonly string[];
    readonly seats?: readonly string[];
    readonly evidence?: readonly string[];
  },
): Violation {
  const { reservations = [], seats = [], evidence = [] } = where;
  return { invariant, what, reservations, seats, evidence };
}
