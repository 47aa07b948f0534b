import { UsageError } from "../../workers/_runtime/mod.ts";

/** Shares from 0 to 1: of the fans, and of broken records to requests. */
export interface Shares {
  /** Cards that the issuer refuses. */
  readonly declined: number;
  /** Cards whose first charge fails. */
  readonly flaky: number;
  /** Cards whose first charge goes through unanswered. */
  readonly lost: number;
  /** Cards whose charges all fail. */
  readonly failing: number;
  /** Cards that the gateway answers with 422: valid requests that can never be charged. */
  readonly poison: number;
  /** Of the fans who want out again, half of them before and half after a confirmation could have come. */
  readonly cancel: number;
  /** Of the fans with a flaky, lost or failing card who want out while the charge is retrying. */
  readonly impatient: number;
  /** Of the requests whose client hangs up before the answer and asks again. */
  readonly hangUp: number;
  /** Records of broken bytes per request, straight to the topic. */
  readonly undecodable: number;
  /** Records with an id that no schema has, per request, straight to the topic. */
  readonly unknownSchema: number;
}

export const DEFAULT_SHARES: Shares = {
  declined: 0.03,
  flaky: 0.05,
  lost: 0.005,
  failing: 0.015,
  poison: 0.02,
  cancel: 0.1,
  impatient: 0.5,
  hangUp: 0.02,
  undecodable: 0.01,
  unknownSchema: 0.01,
};

/** @throws {UsageError} naming the share that is not from 0 to 1, or when the cards' shares exceed 1 together. */
export function checkShares(shares: Shares): Shares {
  for (const name of Object.keys(DEFAULT_SHARES) as (keyof Shares)[]) {
    const share = shares[name];
    if (!(share >= 0 && share <= 1))
      throw new UsageError(
        `Cannot plan an on-sale as '${name}' must be from 0 to 1: current value is ${share}`,
      );
  }
  const odd = shares.declined + shares.flaky + shares.lost + shares.failing + shares.poison;
  if (odd > 1)
    throw new UsageError(
      `Cannot plan an on-sale as the shares of declined, flaky, lost, failing and poison must be at most 1 together: current value is ${odd}`,
    );
  return shares;
}
