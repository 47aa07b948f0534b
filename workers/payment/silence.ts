import { Unavailable } from "../_runtime/mod.ts";

/** Tells a single lost answer from a gateway that has gone silent for everyone. */
export interface Silence {
  /** Any answer, good or bad: the gateway lives. */
  broken(): void;
  /**
   * What a call without an answer counts as: transient, or `Unavailable` from the `limit`th in a row. Those
   * before may use an attempt each; without this a gateway that hangs would make dead letters. A ladder of
   * two waits or more has as many attempts, so that this holds even for the only record that comes by.
   */
  grows(message: string, cause: unknown): Error;
}

export function createSilence(limit = 3): Silence {
  let inARow = 0;
  return {
    broken() {
      inARow = 0;
    },
    grows(message, cause) {
      inARow = Math.min(limit, inARow + 1);
      if (inARow < limit) return new Error(message, { cause });
      return new Unavailable("gateway", `${message}: at least ${limit} such calls in a row`, {
        cause,
      });
    },
  };
}
