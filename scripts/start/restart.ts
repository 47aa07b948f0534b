/** How a supervised process lived that has just died. */
export interface Life {
  readonly ranMs: number;
  /** It said that it was ready. */
  readonly wasReady: boolean;
}

export interface RestartPolicy {
  /** @default 250 */
  readonly firstDelayMs: number;
  /** @default 5_000 */
  readonly longestDelayMs: number;
  /** A life at least that long that got ready clears the slate. @default 10_000 */
  readonly steadyMs: number;
  /** Short lives in a row, the last included, after which it is given up. @default 6 */
  readonly mostShortLives: number;
}

export const RESTART: RestartPolicy = {
  firstDelayMs: 250,
  longestDelayMs: 5_000,
  steadyMs: 10_000,
  mostShortLives: 6,
};

export type Restart =
  | { readonly is: "again"; readonly afterMs: number; readonly shortLives: number }
  | { readonly is: "given up"; readonly shortLives: number };

/**
 * Whether and when to start a dead process again: twice as late with each short life, and no more after too
 * many, because what dies at each start needs a person and not a hundredth try.
 * @param before short lives in a row before this one
 */
export function restart(life: Life, before: number, policy: RestartPolicy = RESTART): Restart {
  const steady = life.wasReady && life.ranMs >= policy.steadyMs;
  const shortLives = steady ? 0 : before + 1;
  if (shortLives >= policy.mostShortLives) return { is: "given up", shortLives };
  const doublings = Math.max(0, shortLives - 1);
  return {
    is: "again",
    afterMs: Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** doublings),
    shortLives,
  };
}
