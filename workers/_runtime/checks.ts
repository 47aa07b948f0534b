/** Undefined: fine. A string: what is missing or stuck, for people. */
export type Check = () => string | undefined;

export interface Checks {
  /**
   * Asked by `/livez`; a failure gets the process restarted. So it may only say "I am stuck" (an attempt that
   * outlived its timeout, a partition without progress), never that a broker or anything else is away: a
   * restart doesn't bring it back, and probes like that have taken whole fleets down in an outage.
   */
  alive(name: string, check: Check): void;
  /** Asked by `/readyz`: joined its group, schemas loaded. */
  ready(name: string, check: Check): void;
  /** Name -> what is wrong, of those that don't hold; a check that throws doesn't hold. */
  failing(kind: "alive" | "ready"): Readonly<Record<string, string>>;
}

export function createChecks(): Checks {
  const checks = { alive: new Map<string, Check>(), ready: new Map<string, Check>() };
  return {
    alive: (name, check) => void checks.alive.set(name, check),
    ready: (name, check) => void checks.ready.set(name, check),
    failing(kind) {
      const failing: Record<string, string> = {};
      for (const [name, check] of checks[kind]) {
        const wrong = askCheck(check);
        if (wrong !== undefined) failing[name] = wrong;
      }
      return failing;
    },
  };
}

function askCheck(check: Check): string | undefined {
  try {
    return check();
  } catch (error) {
    return `the check itself failed: ${String(error)}`;
  }
}
