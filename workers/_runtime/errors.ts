/**
 * What a handler may throw, and what the runtime makes of it. Anything that is neither of these two is
 * transient: it is tried again on the worker's retry ladder and becomes a dead letter after the last attempt.
 */

/** Can never succeed, however often it is tried: the record becomes a dead letter at once. */
export class Permanent extends Error {
  override name = "Permanent";
}

/** The value doesn't begin with a schema id: no event can be in it. */
export class Unframed extends Permanent {
  override name = "Unframed";
}

/**
 * A dependency is down for everyone, not just for this record. Counts for the worker's circuit breaker and
 * never ends in a dead letter: on the last attempt the last delay is repeated.
 */
export class Unavailable extends Error {
  override name = "Unavailable";
  /** The dependency, one lower-case word: "gateway", "redis", "smtp", "registry". */
  readonly dependency: string;

  constructor(dependency: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.dependency = dependency;
  }
}

/** A command was called with words or values it can't take; exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** One thing wrong with the configuration; `problem` completes "Cannot use <name> as …". */
export interface ConfigProblem {
  readonly name: string;
  readonly problem: string;
}

/** The configuration can't be used; holds every problem, secrets masked. Exit code 2. */
export class ConfigError extends UsageError {
  override name = "ConfigError";
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ name, problem }) => `Cannot use ${name} as ${problem}`);
    super(lines.join("\n"));
    this.problems = problems;
  }
}
