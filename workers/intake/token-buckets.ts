export interface TokenBucketsOptions {
  /** Tokens that come back a second. */
  readonly perSecond: number;
  /** Most tokens at once. */
  readonly burst: number;
  /** Clients remembered; beyond it the one asked longest ago is forgotten, which gives it a full bucket. @default 50_000 */
  readonly maxClients?: number;
  /** Milliseconds of a clock that only goes forward. @default performance.now */
  readonly now?: () => number;
}

export interface TokenBuckets {
  /** Takes a token; 0 when there was one, else milliseconds until there will be. */
  take(client: string): number;
}

/**
 * A token bucket per client, in bounded memory. A bucket is kept as the one time at which it will be full again:
 * nothing to refill, nothing that rounding could wear down.
 */
export function createTokenBuckets(options: TokenBucketsOptions): TokenBuckets {
  const { perSecond, burst, maxClients = 50_000, now = () => performance.now() } = options;
  const tokenMs = 1000 / perSecond;
  // Insertion order is the order of use: each take moves its client to the end.
  const fullAt = new Map<string, number>();
  return {
    take(client) {
      const at = now();
      const full = Math.max(at, fullAt.get(client) ?? at);
      const waitMs = Math.max(0, full - at - (burst - 1) * tokenMs);
      fullAt.delete(client);
      fullAt.set(client, waitMs === 0 ? full + tokenMs : full);
      const [oldest] = fullAt.keys();
      if (fullAt.size > maxClients && oldest !== undefined) fullAt.delete(oldest);
      return Math.ceil(waitMs);
    },
  };
}
