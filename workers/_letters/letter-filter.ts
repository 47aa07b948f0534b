import type { Outcome } from "./state.ts";

/** All that is given must hold. Lists: any of them. Without `outcomes`: open letters only. */
export interface Filter {
  readonly worker?: readonly string[];
  /** Source topics. */
  readonly topic?: readonly string[];
  readonly partition?: readonly number[];
  /** Classes, as in `bo-error`. */
  readonly error?: readonly string[];
  /** Whole, or their beginnings (4 characters at least). */
  readonly fingerprint?: readonly string[];
  /** As UTF-8; `base64:…` for one that isn't. */
  readonly key?: readonly string[];
  /** Died at or after, and before; epoch ms. */
  readonly since?: number;
  readonly until?: number;
  /** Attempts made in the letter's last run, at least and at most. */
  readonly attempts?: { readonly min?: number; readonly max?: number };
  /** A CEL expression over `event` (decoded fields), `letter` and `headers`; a letter that can't be decoded doesn't match one that asks for `event`. */
  readonly where?: string;
  /** Identities of letters. */
  readonly letters?: readonly string[];
  readonly outcomes?: readonly Outcome[] | "all";
}

export interface Page {
  /** At most this many. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}
